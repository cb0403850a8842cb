import { expect, test } from "vitest";
import { match } from "../../src/devices/match.ts";
import type { HidPort } from "../../src/links/hid-ports.ts";
import type { Port } from "../../src/links/ports.ts";
import { profileOf, profilesOf, siteOf } from "../kit/site.ts";

const scalePage = { usagePage: 0x8d, usage: 0x20 };
const scannerPage = { usagePage: 0x8c, usage: 0x02 };
const keyboardPage = { usagePage: 0x01, usage: 0x06 };

function hidPort(n: number, over: Partial<HidPort["usb"]> = {}, usages = [scalePage]): HidPort {
  return {
    path: `/dev/hidraw${n}`,
    names: [`/dev/vitalwire/path-pci-1.${n}`],
    usages,
    usb: { vendor: "0922", product: "8003", socket: `1-1.${n}`, branch: "00.0", ...over },
  };
}

const hid = (over: Record<string, unknown> = {}) => ({ hid: { vendor: "0922", product: "8003", ...over } });
const toys = profilesOf(profileOf());
const reads = (id: string, match: unknown, over: Record<string, unknown> = {}) =>
  profileOf({ id, match, serial: undefined, ...over });

/** Device -> the interface it gets, or the problem's code. */
function outcome(devices: Parameters<typeof siteOf>[0], ports: readonly (HidPort | Port)[], profiles = toys) {
  const { assignments } = match(siteOf(devices).devices, ports, profiles);
  return Object.fromEntries(assignments.map((a) => [a.device.id, a.ok ? (a.path ?? "no port") : a.problem.code]));
}

/** Why the one device is not opened. */
function detail(link: Record<string, unknown>, ports: readonly (HidPort | Port)[], profiles = toys) {
  const [only] = match(siteOf({ a: link }).devices, ports, profiles).assignments;
  return only === undefined || only.ok ? undefined : only.problem.detail;
}

test("a HID interface is found by vendor, product, serial, port path and usage page", () => {
  const ports = [
    hidPort(1, { serial: "A" }),
    hidPort(2, { serial: "B" }),
    hidPort(3, { product: "8004" }),
    hidPort(4, { vendor: "0c2e" }, [keyboardPage]),
    hidPort(5, { vendor: "0c2e" }, [scannerPage]),
  ];
  expect(outcome({ a: hid({ serial: "B" }) }, ports)).toEqual({ a: "/dev/hidraw2" });
  expect(outcome({ a: hid({ product: "8004" }) }, ports)).toEqual({ a: "/dev/hidraw3" });
  expect(outcome({ a: hid({ path: "1-1.1" }) }, ports)).toEqual({ a: "/dev/hidraw1" });
  expect(outcome({ a: hid({ path: "path-pci-1.2" }) }, ports)).toEqual({ a: "/dev/hidraw2" });
  expect(outcome({ a: { hid: { vendor: "0c2e", usagePage: 0x8c } } }, ports)).toEqual({ a: "/dev/hidraw5" });
  expect(outcome({ a: hid({ serial: "C" }) }, ports)).toEqual({ a: "PORT_MISSING" });
});

test("of two interfaces that fit neither is used, and it is said how to tell them apart", () => {
  const twins = [hidPort(1, { serial: "0001" }), hidPort(2, { serial: "0001" })];
  expect(outcome({ a: hid() }, twins)).toEqual({ a: "PORT_AMBIGUOUS" });
  expect(detail(hid(), twins)).toBe(
    "/dev/hidraw1 (path 1-1.1, usagePage 0x8d, usage 0x20) and /dev/hidraw2 (path 1-1.2, usagePage 0x8d, usage 0x20): " +
      "give “path” in the device's link",
  );
  const shared = "/dev/vitalwire/serial-DYMO_M25_0001-if00";
  const linked = twins.map((port, n) => (n === 0 ? port : { ...port, names: [...port.names, shared] }));
  expect(outcome({ a: hid({ path: shared }) }, linked)).toEqual({ a: "PORT_AMBIGUOUS" });
  const faces = [hidPort(1), hidPort(2, { socket: "1-1.1", branch: "01.0" }, [keyboardPage])];
  expect(detail(hid(), faces)).toContain("give “usagePage” in the device's link");
});

test("an interface that fits two devices is used for neither", () => {
  expect(outcome({ a: hid(), b: hid() }, [hidPort(1)])).toEqual({ a: "PORT_AMBIGUOUS", b: "PORT_AMBIGUOUS" });
});

test("a profile's usage page chooses among the interfaces of one device", () => {
  const faces = [hidPort(1, {}, [keyboardPage]), hidPort(2, { socket: "1-1.1" }, [scannerPage])];
  const scanner = profilesOf(reads("toy", { hid: [{ usagePage: 0x8c }] }));
  expect(outcome({ a: hid() }, faces, scanner)).toEqual({ a: "/dev/hidraw2" });
  expect(detail(hid(), faces.slice(0, 1), scanner)).toBe(
    "no HID interface of 0922:8003 is of a kind that toy reads; /dev/hidraw1 is usagePage 0x1, usage 0x6. " +
      "It may be set to another USB mode",
  );
});

test("a serial link never leads to a HID interface, nor a HID link to a serial port", () => {
  const tty: Port = {
    path: "/dev/ttyACM0",
    names: [],
    usb: { vendor: "0922", product: "8003", socket: "1-1.1", branch: "0" },
  };
  expect(outcome({ a: hid() }, [tty])).toEqual({ a: "PORT_MISSING" });
  expect(outcome({ a: { usb: { vendor: "0922" } } }, [hidPort(1)])).toEqual({ a: "PORT_MISSING" });
  expect(outcome({ a: { usb: { vendor: "0922" } }, b: hid() }, [tty, hidPort(1)])).toEqual({
    a: "/dev/ttyACM0",
    b: "/dev/hidraw1",
  });
});

test("without a profile the one that knows the interface reads it: by identity before kind, never two", () => {
  const device = { a: { link: hid() } };
  const byKind = reads("any-scale", { hid: [{ usagePage: 0x8d }] });
  const byIdentity = reads("dymo", { usb: [{ vendor: "0922", product: "8003" }], hid: [{ usagePage: 0x8d }] });
  const chosen = (...profiles: ReturnType<typeof profileOf>[]) => {
    const [only] = match(siteOf(device).devices, [hidPort(1)], profilesOf(...profiles)).assignments;
    return only?.ok ? only.profile.id : only?.problem.code;
  };
  expect(chosen(byKind)).toBe("any-scale");
  expect(chosen(byKind, byIdentity)).toBe("dymo");
  expect(chosen(byKind, reads("other-scale", { hid: [{ usagePage: 0x8d, usage: 0x20 }] }))).toBe("PROFILE_UNDECIDED");
  expect(chosen(reads("scanner", { usb: [{ vendor: "0922" }], hid: [{ usagePage: 0x8c }] }))).toBe("PROFILE_UNDECIDED");
  expect(chosen(reads("serial", { usb: [{ vendor: "0922" }] }, { serial: { baudRate: 9600 } }))).toBe(
    "PROFILE_UNDECIDED",
  );
});

test("for each interface it is said what it is, or why it is nothing", () => {
  const profiles = profilesOf(reads("toy", { hid: [{ usagePage: 0x8d }] }));
  const ports = [hidPort(1), hidPort(2), hidPort(3, { vendor: "046d" }, [keyboardPage])];
  const { ports: uses } = match(siteOf({ a: hid({ path: "1-1.1" }) }).devices, ports, profiles);
  expect(uses.map(({ device, why, profiles: fitting }) => [device, why, fitting])).toEqual([
    ["a", "it is a", ["toy"]],
    [undefined, "no device of the configuration names it; it could be read with toy", ["toy"]],
    [
      undefined,
      "no device of the configuration names it, and no profile knows 046d:8003 (usagePage 0x1, usage 0x6)",
      [],
    ],
  ]);
});
