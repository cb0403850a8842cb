import { describe, expect, test } from "vitest";
import { goodProfile, goodSite, remarksOf, severityOf, site } from "./site-text.ts";

const usual = "    link: { serial: { path: /dev/scale-1 } }\n";
const second = (link: string): string =>
  site(usual, `${usual}  - id: scale-2\n    place: exam-1\n    profile: test-scale\n    link: ${link}\n`);

describe("a port", () => {
  test.each([["{ serial: { path: /dev/scale-1, baudRate: 1200 } }", "The port /dev/scale-1"]])(
    "is that of one device: %s",
    async (link, what) => {
      expect(await remarksOf(second(link))).toEqual([
        `site.yaml:18:5  devices[1].link: ${what} is that of the device in line 11 too; one port is one device.`,
      ]);
    },
  );

  test("to listen at may be shared by callers that are told apart", async () => {
    const shared = (a: string, b: string): string =>
      second(`{ listen: { port: 4001${b} } }`).replace(
        "{ serial: { path: /dev/scale-1 } }",
        `{ listen: { port: 4001${a} } }`,
      );
    expect(await remarksOf(shared(", from: 10.0.0.1", ", from: 10.0.0.2"))).toEqual([]);
    expect((await remarksOf(shared(", from: 10.0.0.1", "")))[0]).toContain("The listening port 4001 is that of");
  });

  test("found by a USB identity that fits two devices is a mistake", async () => {
    const text = second('{ usb: { vendor: "0403", serial: A1 } }').replace(
      "{ serial: { path: /dev/scale-1 } }",
      '{ usb: { vendor: "0403" } }',
    );
    expect((await remarksOf(text))[0]).toContain("This USB identity, as far as it is given,");
  });

  test("goes with what the profile's driver reads: HID reports, or a stream", async () => {
    const serial = "{ serial: { path: /dev/scale-1 } }";
    const reports = goodProfile.replace("driver: line", "driver: hid-pos-scale");
    const wrong = "site.yaml:14:5  devices[0].link: “test-scale” reads HID reports, which come by a “hid” link alone.";
    expect(await remarksOf(goodSite, [reports])).toEqual([wrong]);
    expect(await remarksOf(site(serial, '{ usb: { vendor: "0c2e" } }'), [reports])).toEqual([wrong]);
    expect(await remarksOf(site(serial, '{ hid: { vendor: "0c2e" } }'), [reports])).toEqual([]);
    expect(await remarksOf(site(serial, '{ hid: { vendor: "0c2e" } }'))).toEqual([
      "site.yaml:14:5  devices[0].link: “test-scale” does not read HID reports, and a “hid” link brings nothing else.",
    ]);
  });

  const inRooms = (one: string, other: string, room = "exam-2"): string =>
    second(other)
      .replace("{ serial: { path: /dev/scale-1 } }", one)
      .replace("  - id: scale-2\n    place: exam-1", `  - id: scale-2\n    place: ${room}`)
      .replace(
        "devices:\n",
        "  - { id: exam-2, kind: exam-room, unverified: allow, barcodes: [{ means: patient, prefix: P }] }\ndevices:\n",
      );
  const named = (path: string): string => `{ serial: { path: ${path} } }`;

  test.each([
    ["{ serial: { path: /dev/ttyUSB0 } }", "devices[0].link.serial.path: “/dev/ttyUSB0” is the kernel's name"],
    ["{ serial: { path: /dev/ttyACM12 } }", "devices[0].link.serial.path: “/dev/ttyACM12” is the kernel's name"],
    [
      '{ usb: { vendor: "0403", path: /dev/ttyUSB0 } }',
      "devices[0].link.usb.path: “/dev/ttyUSB0” is the kernel's name",
    ],
  ])("with a name that the next plugging in may give to another is told of: %s", async (link, what) => {
    const text = site("{ serial: { path: /dev/scale-1 } }", link);
    expect(await remarksOf(text)).toEqual([expect.stringContaining(what)]);
    expect(await severityOf(text)).toEqual(["note"]);
  });

  test.each(["/dev/serial/by-path/pci-1.1", "/dev/serial/by-id/usb-x", "/dev/vitalwire/path-pci-1.1", "/dev/ttyS0"])(
    "with a name that lasts is not: %s",
    async (path) => expect(await remarksOf(site("/dev/scale-1", path))).toEqual([]),
  );

  test("with such a name is a mistake where another room has one too, for they may change places unseen", async () => {
    const swapping = inRooms(named("/dev/ttyUSB0"), named("/dev/ttyUSB1"));
    expect(await severityOf(swapping)).toEqual(["mistake", "mistake"]);
    expect((await remarksOf(swapping))[0]).toContain(
      "“/dev/ttyUSB0” and “/dev/ttyUSB1” of “scale-2” in exam-2 are the kernel's names, and may change places",
    );
    // Names of one kind never become those of another; within one room the patient is the same.
    const apart = ["note", "note"];
    const notesOf = async (text: string) =>
      (await remarksOf(text)).filter((remark) => remark.includes("the kernel's name,")).map(() => "note");
    expect(await notesOf(inRooms(named("/dev/ttyUSB0"), named("/dev/ttyACM0")))).toEqual(apart);
    expect(await notesOf(inRooms(named("/dev/ttyUSB0"), named("/dev/ttyUSB1"), "exam-1"))).toEqual(apart);
    expect(await notesOf(inRooms(named("/dev/ttyUSB0"), named("/dev/vitalwire/path-1")))).toEqual(["note"]);
  });

  test.each([
    ["ttyUSB0", " Did you mean “/dev/ttyUSB0”?"],
    ["scanner", " “vitalwire devices” shows the ports that there are."],
  ])("is named by its whole path, and not as %s", async (path, hint) => {
    expect(await remarksOf(site("/dev/scale-1", path))).toEqual([
      `site.yaml:14:23  devices[0].link.serial.path: “${path}” is no whole path: a port's begins with /.${hint}`,
    ]);
  });

  test("of HID reports may be one of several interfaces, and two devices must be told apart", async () => {
    const hid = (more: string): string => `{ hid: { vendor: "0c2e"${more} } }`;
    const both = (a: string, b: string): string => second(hid(b)).replace("{ serial: { path: /dev/scale-1 } }", hid(a));
    const reports = [goodProfile.replace("driver: line", "driver: hid-pos-scale")];
    expect(await remarksOf(both(", usagePage: 0x8c", ", usagePage: 1"), reports)).toEqual([]);
    expect(await remarksOf(both(", path: 1-1.2", ", path: 1-1.3"), reports)).toEqual([]);
    expect((await remarksOf(both("", ", usagePage: 1"), reports))[0]).toContain(
      "This USB identity, as far as it is given,",
    );
    const serialBeside = second('{ usb: { vendor: "0c2e" } }').replace("{ serial: { path: /dev/scale-1 } }", hid(""));
    expect(await remarksOf(serialBeside)).toEqual([expect.stringContaining("does not read HID reports")]);
    const unnamed = site("{ serial: { path: /dev/scale-1 } }", hid("")).replace("    profile: test-scale\n", "");
    expect(await remarksOf(unnamed)).toEqual([]);
    expect(await remarksOf(site("{ serial: { path: /dev/scale-1 } }", "{ hid: { product: 0b61 } }"))).toEqual([
      expect.stringContaining("does not read HID reports"),
      expect.stringContaining("“vendor” is missing."),
    ]);
  });

  test("for bulk transfers goes with a profile that knows the device, and with no other link", async () => {
    const bulk = '{ bulk: { vendor: "173a", product: "21d9" } }';
    const serial = "{ serial: { path: /dev/scale-1 } }";
    const match = (text: string): string => goodProfile.replace("serial: { baudRate: 9600 }\n", text);
    const known = match('match: { usb: [{ vendor: "173a" }], bulk: any }\n');
    const unnamed = site(serial, bulk).replace("    profile: test-scale\n", "");
    expect(await remarksOf(site(serial, bulk), [known])).toEqual([]);
    expect(await remarksOf(unnamed, [known])).toEqual([]);
    expect((await remarksOf(second(bulk).replace(serial, bulk), [known]))[0]).toContain("This USB identity");
    expect(await remarksOf(site(serial, bulk))).toEqual([
      "site.yaml:14:5  devices[0].link: “test-scale” is not read by bulk transfers.",
    ]);
    expect(await remarksOf(site(serial, bulk), [match('match: { usb: [{ vendor: "2766" }], bulk: any }\n')])).toEqual([
      "site.yaml:14:5  devices[0].link: “test-scale” does not know this USB identity; no other device is opened for it.",
    ]);
    expect(await remarksOf(site(serial, '{ usb: { vendor: "173a" } }'), [known])).toEqual([
      "site.yaml:14:5  devices[0].link: “test-scale” reads no serial port: write “bulk” in place of “usb”.",
    ]);
    expect((await remarksOf(unnamed, [match('match: { usb: [{ vendor: "173a" }] }\n')]))[0]).toContain(
      "No profile has this USB identity",
    );
  });

  test("needs a line speed from the site or the profile", async () => {
    const remarks = await remarksOf(goodSite, [goodProfile.replace("serial: { baudRate: 9600 }\n", "")]);
    expect(remarks).toEqual([
      "site.yaml:14:13  devices[0].link.serial: “baudRate” is missing, and the profile “test-scale” gives none.",
    ]);
  });

  test("open to the network without saying for whom is worth a note", async () => {
    const text = site("{ serial: { path: /dev/scale-1 } }", "{ listen: { port: 4001, address: 0.0.0.0 } }");
    expect(await remarksOf(text)).toEqual([
      expect.stringContaining("Whoever reaches this port is taken for this device"),
    ]);
  });
});

describe("a device without a profile", () => {
  const unnamed = (link: string): string =>
    site("    profile: test-scale\n", "").replace("{ serial: { path: /dev/scale-1 } }", link);
  const known = goodProfile.replace("serial:", 'match: { usb: [{ vendor: "0dc3", product: "0001" }] }\nserial:');

  test("is recognised where one profile has its USB identity", async () => {
    expect(await remarksOf(unnamed('{ usb: { vendor: "0dc3" } }'), [known])).toEqual([]);
  });

  test("is a mistake where none has, or several have", async () => {
    expect(await remarksOf(unnamed('{ usb: { vendor: "ffff" } }'), [known])).toEqual([
      "site.yaml:11:5  devices[0]: No profile has this USB identity; give “profile”.",
    ]);
    const twice = [known, known.replace("test-scale", "other-scale")];
    expect(await remarksOf(unnamed('{ usb: { vendor: "0dc3" } }'), twice)).toEqual([
      "site.yaml:11:5  devices[0]: Several profiles have this USB identity (test-scale, other-scale); give “profile”.",
    ]);
  });

  test("is a mistake on the network", async () => {
    expect((await remarksOf(unnamed("{ tcp: { host: a, port: 1 } }")))[0]).toContain("“profile” is missing");
  });
});

test("a profile that reads nothing before a site has told it more comes with a note of what", async () => {
  const seca = "profile: seca-460\n    allowUnproven: true";
  expect(await remarksOf(site("profile: test-scale", seca))).toEqual([
    expect.stringContaining("With “seca-460” nothing is read: it says nothing of weightKind, stableBit, displayTypes."),
  ]);
});

describe("a profile that rests on a manual alone", () => {
  const manual = [goodProfile.replace("evidence: bench", "evidence: manual")];
  test("is worth a note, and none once the site allows it", async () => {
    expect(await remarksOf(goodSite, manual)).toEqual([
      expect.stringContaining("“test-scale” rests on a manual alone"),
    ]);
    expect(
      await remarksOf(site("profile: test-scale", "profile: test-scale\n    allowUnproven: true"), manual),
    ).toEqual([]);
  });
});
