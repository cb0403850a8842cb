import { expect, test } from "vitest";
import { match } from "../../src/devices/match.ts";
import type { Port } from "../../src/links/ports.ts";
import { profileOf, profilesOf, siteOf } from "../kit/site.ts";

function port(n: number, usb: Partial<NonNullable<Port["usb"]>> = {}, id = `usb-${n}`): Port {
  return {
    path: `/dev/ttyUSB${n}`,
    names: [`/dev/serial/by-path/pci-1.${n}`, `/dev/serial/by-id/${id}`],
    usb: { vendor: "0403", product: "6001", socket: `1-1.${n}`, branch: "00.0", ...usb },
  };
}

const toys = profilesOf(profileOf());
const serial = (path: string) => ({ serial: { path } });
const usb = (over: Record<string, string> = {}) => ({ usb: { vendor: "0403", product: "6001", ...over } });

/** Device -> the port it gets, or the problem's code. */
function outcome(devices: Parameters<typeof siteOf>[0], ports: readonly Port[], profiles = toys) {
  const { assignments } = match(siteOf(devices).devices, ports, profiles);
  return Object.fromEntries(assignments.map((a) => [a.device.id, a.ok ? (a.path ?? "no port") : a.problem.code]));
}

test("a device is found under each of its port's names", () => {
  for (const name of ["/dev/ttyUSB4", "/dev/serial/by-path/pci-1.4", "/dev/serial/by-id/usb-4"]) {
    expect(outcome({ a: serial(name) }, [port(3, { serial: "C" }), port(4, { serial: "D" })])).toEqual({ a: name });
  }
});

test("a path that is no listed port is left to the opening, which knows", () => {
  expect(outcome({ a: serial("/dev/pts/7") }, [])).toEqual({ a: "/dev/pts/7" });
});

test("a device is found by its USB identity, its serial number or its socket", () => {
  const ports = [port(1, { serial: "A" }), port(2, { serial: "B" }), port(3, { vendor: "067b" })];
  expect(outcome({ a: usb({ serial: "B" }) }, ports)).toEqual({ a: "/dev/ttyUSB2" });
  expect(outcome({ a: { usb: { vendor: "067b" } } }, ports)).toEqual({ a: "/dev/ttyUSB3" });
  expect(outcome({ a: usb({ path: "1-1.1" }) }, ports)).toEqual({ a: "/dev/ttyUSB1" });
  expect(outcome({ a: usb({ path: "pci-1.2" }) }, ports)).toEqual({ a: "/dev/ttyUSB2" });
  expect(outcome({ a: usb({ serial: "C" }) }, ports)).toEqual({ a: "PORT_MISSING" });
});

test("of two ports that fit, neither is used", () => {
  expect(outcome({ a: usb() }, [port(1), port(2)])).toEqual({ a: "PORT_AMBIGUOUS" });
});

test("a port that fits two devices is used for neither", () => {
  expect(outcome({ a: usb(), b: usb() }, [port(1)])).toEqual({ a: "PORT_AMBIGUOUS", b: "PORT_AMBIGUOUS" });
  const both = { a: serial("/dev/ttyUSB1"), b: serial("/dev/serial/by-path/pci-1.1") };
  expect(outcome(both, [port(1)])).toEqual({ a: "PORT_AMBIGUOUS", b: "PORT_AMBIGUOUS" });
});

test("a port that one device names by path is no candidate for another's USB identity", () => {
  const devices = { a: serial("/dev/serial/by-path/pci-1.1"), b: usb() };
  expect(outcome(devices, [port(1), port(2)])).toEqual({
    a: "/dev/serial/by-path/pci-1.1",
    b: "/dev/ttyUSB2",
  });
  expect(outcome(devices, [port(1)])).toEqual({ a: "/dev/serial/by-path/pci-1.1", b: "PORT_MISSING" });
});

test("a port that is another room's in truth is read for neither, whatever name the kernel gave it this time", () => {
  const there = { place: "room-5", profile: "toy" };
  const ports = [port(1, { serial: "A" }), port(2, { serial: "B" })];
  const kernel = (n: number) => serial(`/dev/ttyUSB${n}`);
  const byNumber = { ...there, link: usb({ serial: "B" }) };
  expect(outcome({ a: kernel(1), b: byNumber }, ports)).toEqual({ a: "/dev/ttyUSB1", b: "/dev/ttyUSB2" });
  expect(outcome({ a: kernel(2), b: byNumber }, ports)).toEqual({ a: "PORT_AMBIGUOUS", b: "PORT_AMBIGUOUS" });
  const bySocket = { ...there, link: serial("/dev/serial/by-path/pci-1.2") };
  expect(outcome({ a: kernel(2), b: bySocket }, ports)).toEqual({ a: "PORT_AMBIGUOUS", b: "PORT_AMBIGUOUS" });
  const byKind = { ...there, link: usb() };
  expect(outcome({ a: kernel(1), b: byKind }, ports)).toEqual({ a: "PORT_AMBIGUOUS", b: "PORT_AMBIGUOUS" });
  expect(outcome({ a: kernel(1), b: usb() }, ports)).toEqual({ a: "/dev/ttyUSB1", b: "/dev/ttyUSB2" });
});

test("a by-id name that two equal adapters share is not trusted, for it leads to the last one plugged in", () => {
  const shared = "usb-twin";
  const twins = [port(1, { serial: "0001" }, "other"), port(2, { serial: "0001" }, shared)];
  expect(outcome({ a: serial(`/dev/serial/by-id/${shared}`) }, twins)).toEqual({ a: "PORT_AMBIGUOUS" });
  expect(outcome({ a: serial("/dev/serial/by-path/pci-1.2") }, twins)).toEqual({ a: "/dev/serial/by-path/pci-1.2" });
  const nameless = [port(1), port(2)];
  expect(outcome({ a: serial("/dev/serial/by-id/usb-2") }, nameless)).toEqual({ a: "PORT_AMBIGUOUS" });
  const branches = [port(1, { serial: "0001" }, "if00"), port(2, { serial: "0001", branch: "01.0" }, "if01")];
  expect(outcome({ a: serial("/dev/serial/by-id/if01") }, branches)).toEqual({ a: "/dev/serial/by-id/if01" });
});

test("nor is a shared name of ours trusted, nor one that is given as the place of a USB identity", () => {
  const ours = "/dev/vitalwire/serial-Prolific_Adapter_0001-if00";
  const named = (n: number, ...names: string[]): Port => ({ ...port(n, { serial: "0001" }), names });
  const twins = [named(1, "/dev/vitalwire/path-pci-1.1"), named(2, "/dev/vitalwire/path-pci-1.2", ours)];
  expect(outcome({ a: serial(ours) }, twins)).toEqual({ a: "PORT_AMBIGUOUS" });
  expect(outcome({ a: usb({ path: ours }) }, twins)).toEqual({ a: "PORT_AMBIGUOUS" });
  expect(outcome({ a: usb({ path: "serial-Prolific_Adapter_0001-if00" }) }, twins)).toEqual({ a: "PORT_AMBIGUOUS" });
  expect(outcome({ a: serial("/dev/vitalwire/path-pci-1.2") }, twins)).toEqual({ a: "/dev/vitalwire/path-pci-1.2" });
  expect(outcome({ a: serial(ours) }, twins.slice(1))).toEqual({ a: ours });
});

test("a name that adapters share takes none of them from the devices found by USB identity", () => {
  const twins = [port(1, { serial: "0001" }, "other"), port(2, { serial: "0001" }, "shared")];
  expect(outcome({ a: serial("/dev/serial/by-id/shared"), b: usb() }, twins)).toEqual({
    a: "PORT_AMBIGUOUS",
    b: "PORT_AMBIGUOUS",
  });
});

test("a device without a profile is read with the one that knows its USB identity, if there is just one", () => {
  const knows = (id: string, product?: string) =>
    profileOf({ id, match: { usb: [{ vendor: "0403", ...(product === undefined ? {} : { product }) }] } });
  const device = { a: { link: serial("/dev/ttyUSB1") } };
  const one = match(siteOf(device).devices, [port(1)], profilesOf(knows("x", "6001"), knows("y", "6015")));
  expect(one.assignments[0]).toMatchObject({ ok: true, profile: { id: "x" } });
  expect(outcome(device, [port(1)], profilesOf(knows("x"), knows("y")))).toEqual({ a: "PROFILE_UNDECIDED" });
  expect(outcome(device, [port(1)], profilesOf())).toEqual({ a: "PROFILE_UNDECIDED" });
  expect(outcome(device, [], profilesOf(knows("x")))).toEqual({ a: "PORT_MISSING" });
});

test("a network link needs no port, but a profile", () => {
  const tcp = { tcp: { host: "10.0.0.7", port: 4001 } };
  expect(outcome({ a: tcp, b: { link: tcp } }, [])).toEqual({ a: "no port", b: "PROFILE_UNDECIDED" });
});

test("for each port it is said what it is, or why it is nothing", () => {
  const profiles = profilesOf(profileOf({ match: { usb: [{ vendor: "067b" }] } }));
  const ports = [port(1), port(2, { vendor: "067b" }), port(3, { vendor: "10c4" }), { path: "/dev/ttyS0", names: [] }];
  const { ports: uses } = match(siteOf({ a: serial("/dev/ttyUSB1") }).devices, ports, profiles);
  expect(uses.map(({ device, why, profiles: fitting }) => [device, why, fitting])).toEqual([
    ["a", "it is a, by a name that may be another port's next time; /dev/serial/by-path/pci-1.1 stays", []],
    [undefined, "no device of the configuration names it; it could be read with toy", ["toy"]],
    [undefined, "no device of the configuration names it, and no profile knows 10c4:6001", []],
    [undefined, "no device of the configuration names it, and it has no USB identity", []],
  ]);
  const unclear = match(siteOf({ b: usb() }).devices, [port(1), port(2)], toys).ports[0];
  expect(unclear?.why).toContain("it fits b, which is not opened (PORT_AMBIGUOUS");
});
