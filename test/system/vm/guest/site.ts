import type { SiteText } from "../../../kit/gateway.ts";

const place = (id: string) => ({
  id,
  kind: "exam-room" as const,
  unverified: "allow" as const,
  barcodes: [{ means: "patient" as const, prefix: "P", pattern: "\\d{8}" }],
});

const lineFormat = "and-standard";

/** udev's names for the adapter of that serial number: they lead to the one of the two that was plugged in last. */
export const sharedLinks = {
  kernel: "/dev/serial/by-id/usb-Silicon_Labs_CP2102_0001-if00",
  ours: "/dev/vitalwire/serial-Silicon_Labs_CP2102_0001-if00",
} as const;

/** One room with a scanner and two scales, and two more with a scale each, behind adapters that are all alike. */
export const site: SiteText = {
  site: "north",
  gateway: "gw-1",
  timezone: "Europe/Zurich",
  // No network, and so no time from it.
  clock: { holdUnsynchronised: false },
  journal: { ballastMegabytes: 1 },
  places: ["exam-1", "exam-2", "exam-3"].map(place),
  devices: [
    {
      id: "scanner",
      place: "exam-1",
      profile: "keyboard-scanner",
      link: { hid: { vendor: "05e0", product: "1200" } },
    },
    { id: "scale", place: "exam-1", profile: lineFormat, link: { usb: { vendor: "0b67", product: "0201" } } },
    { id: "hid-scale", place: "exam-1", link: { hid: { vendor: "0922", product: "8003" } } },
    {
      id: "twin-a",
      place: "exam-2",
      profile: lineFormat,
      link: { serial: { path: "/dev/vitalwire/path-platform-dummy_hcd.2-usb-0:1:1.0" } },
    },
    {
      id: "twin-b",
      place: "exam-3",
      profile: lineFormat,
      link: { usb: { vendor: "067b", product: "2303", path: "4-1" } },
    },
    // Named by what they are, which is what their neighbour is, too.
    {
      id: "unclear-usb",
      place: "exam-2",
      profile: lineFormat,
      link: { usb: { vendor: "10c4", product: "ea60" } },
    },
    { id: "unclear-by-id", place: "exam-2", profile: lineFormat, link: { serial: { path: sharedLinks.kernel } } },
    { id: "unclear-by-serial", place: "exam-2", profile: lineFormat, link: { serial: { path: sharedLinks.ours } } },
  ],
};

/** The devices that can be told apart. */
export const clear = ["scanner", "scale", "hid-scale", "twin-a", "twin-b"] as const;
export const unclear = ["unclear-usb", "unclear-by-id", "unclear-by-serial"] as const;
