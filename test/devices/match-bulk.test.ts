import { expect, test } from "vitest";
import { match } from "../../src/devices/match.ts";
import type { AnyPort } from "../../src/links/all-ports.ts";
import type { BulkPort } from "../../src/links/bulk-ports.ts";
import type { Port } from "../../src/links/ports.ts";
import { profileOf, profilesOf, siteOf } from "../kit/site.ts";

function bulkPort(n: number, over: Partial<BulkPort["usb"]> = {}, usbClass = 0xff): BulkPort {
  return {
    path: `/dev/bus/usb/001/00${n}:0`,
    names: [],
    usbClass,
    usbSubclass: 0,
    usb: { vendor: "173a", product: "21d5", socket: `1-1.${n}`, branch: "00.0", ...over },
  };
}

const tty: Port = {
  path: "/dev/ttyUSB0",
  names: [],
  usb: { vendor: "173a", product: "21d5", socket: "1-2", branch: "0" },
};
const reads = (id: string, match: unknown) => profileOf({ id, match, serial: undefined });
const meter = reads("toy", { usb: [{ vendor: "173a", product: "21d5" }], bulk: "any" });
const disk = reads("mailbox", { usb: [{ vendor: "2766" }], bulk: [{ class: 0x08 }] });
const health = reads("health", { bulk: [{ class: 0x0f, subclass: 0 }] });
const bulk = (over: Record<string, unknown> = {}) => ({ bulk: { vendor: "173a", product: "21d5", ...over } });

/** Device -> the interface it gets, or the problem's code. */
function outcome(devices: Parameters<typeof siteOf>[0], ports: readonly AnyPort[], profiles = profilesOf(meter)) {
  const { assignments } = match(siteOf(devices).devices, ports, profiles);
  return Object.fromEntries(assignments.map((a) => [a.device.id, a.ok ? (a.path ?? "no port") : a.problem.code]));
}

/** Why the one device is not opened. */
function detail(link: Record<string, unknown>, ports: readonly AnyPort[], profiles = profilesOf(meter)) {
  const [only] = match(siteOf({ a: link }).devices, ports, profiles).assignments;
  return only === undefined || only.ok ? undefined : only.problem.detail;
}

test("a USB interface is found by vendor, product, serial and port path", () => {
  const ports = [bulkPort(1, { serial: "A" }), bulkPort(2, { serial: "B" }), bulkPort(3, { product: "21d6" })];
  expect(outcome({ a: bulk({ serial: "B" }) }, ports)).toEqual({ a: "/dev/bus/usb/001/002:0" });
  expect(outcome({ a: bulk({ path: "1-1.1" }) }, ports)).toEqual({ a: "/dev/bus/usb/001/001:0" });
  expect(outcome({ a: bulk({ serial: "C" }) }, ports)).toEqual({ a: "PORT_MISSING" });
});

test("of two that fit neither is used, and it is said how to tell them apart; nor is one that fits two devices", () => {
  const twins = [bulkPort(1), bulkPort(2)];
  expect(outcome({ a: bulk() }, twins)).toEqual({ a: "PORT_AMBIGUOUS" });
  expect(detail(bulk(), twins)).toBe(
    "/dev/bus/usb/001/001:0 (path 1-1.1) and /dev/bus/usb/001/002:0 (path 1-1.2): give “path” or “serial” in the device's link",
  );
  expect(outcome({ a: bulk(), b: bulk() }, [bulkPort(1)])).toEqual({ a: "PORT_AMBIGUOUS", b: "PORT_AMBIGUOUS" });
});

test("no interface is claimed that the profile does not know, by identity and by class", () => {
  const stick = bulkPort(1, { vendor: "0781", product: "5567" }, 0x08);
  const link = { bulk: { vendor: "0781" } };
  expect(outcome({ a: link }, [stick], profilesOf(disk, meter))).toEqual({ a: "PROFILE_UNDECIDED" });
  expect(detail(link, [stick])).toBe("/dev/bus/usb/001/001:0 (0781:5567, USB class 0x08) is none that toy reads");
  const mailbox = { a: { link: { bulk: { vendor: "2766" } }, profile: "mailbox" } };
  const both = [bulkPort(1, { vendor: "2766" }, 0xff), bulkPort(2, { vendor: "2766" }, 0x08)];
  expect(outcome(mailbox, both, profilesOf(disk))).toEqual({ a: "/dev/bus/usb/001/002:0" });
  expect(outcome(mailbox, both.slice(0, 1), profilesOf(disk))).toEqual({ a: "PROFILE_UNDECIDED" });
  // A profile of another kind of link claims nothing.
  const serial = profilesOf(profileOf({ match: { usb: [{ vendor: "173a" }] } }));
  expect(outcome({ a: bulk() }, [bulkPort(1)], serial)).toEqual({ a: "PROFILE_UNDECIDED" });
});

test("a link of one kind never leads to a port of another", () => {
  expect(outcome({ a: bulk() }, [tty])).toEqual({ a: "PORT_MISSING" });
  expect(outcome({ a: { usb: { vendor: "173a" } } }, [bulkPort(1)])).toEqual({ a: "PORT_MISSING" });
  expect(outcome({ a: { hid: { vendor: "173a" } } }, [bulkPort(1)])).toEqual({ a: "PORT_MISSING" });
});

test("without a profile the one that knows the interface reads it: by identity before class", () => {
  const phdc = bulkPort(1, { vendor: "0590" }, 0x0f);
  const chosen = (...profiles: ReturnType<typeof profileOf>[]) => {
    const device = { a: { link: { bulk: { vendor: "0590" } } } };
    const [only] = match(siteOf(device).devices, [phdc], profilesOf(...profiles)).assignments;
    return only?.ok ? only.profile.id : only?.problem.code;
  };
  expect(chosen(health, meter, disk)).toBe("health");
  expect(chosen(health, reads("omron", { usb: [{ vendor: "0590" }], bulk: "any" }))).toBe("omron");
  expect(chosen(health, reads("scale", { bulk: [{ class: 0x0f }] }))).toBe("PROFILE_UNDECIDED");
  expect(chosen(reads("everything", { bulk: "any" }))).toBe("PROFILE_UNDECIDED");
});

test("of each interface it is said what it is; a disk that nobody knows is not spoken of", () => {
  const ports = [bulkPort(1), bulkPort(2), bulkPort(3, { vendor: "0bda" }), bulkPort(4, { vendor: "0781" }, 0x08)];
  const { ports: uses } = match(siteOf({ a: bulk({ path: "1-1.1" }) }).devices, ports, profilesOf(meter));
  expect(uses.map(({ device, why, profiles: fitting }) => [device, why, fitting])).toEqual([
    ["a", "it is a", ["toy"]],
    [undefined, "no device of the configuration names it; it could be read with toy", ["toy"]],
    [undefined, "no device of the configuration names it, and no profile knows 0bda:21d5 (USB class 0xff)", []],
  ]);
});
