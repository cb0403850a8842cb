import { expect, test } from "vitest";
import { kernelNameOf } from "../../src/config/kernel-name.ts";
import { linkSchema } from "../../src/config/site.ts";

const named = (link: unknown) => kernelNameOf(linkSchema.parse(link));

test("whatever a link is of, a name of the kernel's is found in it, with the names that it may pass to", () => {
  const vendor = "0403";
  expect(named({ serial: { path: "/dev/ttyUSB12" } })).toEqual({ name: "/dev/ttyUSB12", family: "ttyUSB" });
  expect(named({ usb: { vendor, path: "/dev/ttyACM0" } })?.family).toBe("ttyACM");
  expect(named({ hid: { vendor, path: "/dev/hidraw3" } })?.family).toBe("hidraw");
  expect(named({ bulk: { vendor, path: "/dev/bus/usb/001/004:0" } })?.family).toBe("bus/usb");
});

test("lasting names, sockets, ports that are built in, and other links have none", () => {
  for (const path of ["/dev/serial/by-id/usb-ttyUSB0", "/dev/vitalwire/path-usb-0:1:1.0", "/dev/ttyS0", "/tmp/ttyUSB0"])
    expect(named({ serial: { path } })).toBeUndefined();
  expect(named({ hid: { vendor: "0922", path: "1-1.4" } })).toBeUndefined();
  expect(named({ usb: { vendor: "0403" } })).toBeUndefined();
  expect(named({ tcp: { host: "10.0.0.1", port: 4001 } })).toBeUndefined();
});
