import type { SiteText } from "../../../kit/gateway.ts";

const place = (id: string) => ({
  id,
  kind: "exam-room" as const,
  unverified: "allow" as const,
  barcodes: [{ means: "patient" as const, prefix: "P", pattern: "\\d{8}" }],
});

const base = {
  site: "north",
  gateway: "gw-1",
  timezone: "Europe/Zurich",
  // No network, and so no time from it.
  clock: { holdUnsynchronised: false },
  journal: { ballastMegabytes: 1 },
  places: ["exam-1", "exam-2", "exam-3"].map(place),
};

const lineFormat = "and-standard";

/** One room with a scanner and two scales, and two more with a scale each, behind adapters that are all alike. */
export const site: SiteText = {
  ...base,
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
  ],
};

/** A site that names an adapter by what it is, which is what the other one is too. */
export const unclearSite: SiteText = {
  ...base,
  devices: [
    { id: "unclear", place: "exam-2", profile: lineFormat, link: { usb: { vendor: "067b", product: "2303" } } },
  ],
};
