import { expect, test } from "vitest";
import { goodSite, remarksOf } from "./site-text.ts";

const rule = "      - means: patient\n        prefix: P\n";
const link = "{ serial: { path: /dev/ttyUSB0 } }";
const rest = "The rest of the file is looked at once it can be read.";

test.each<readonly [from: string, to: string, ...told: readonly string[]]>([
  [
    "site: clinic",
    "site: My Clinic",
    "site: “My Clinic”: use lower-case letters, digits and hyphens. Did you mean “my-clinic”?",
  ],
  [
    "kind: exam-room",
    "kind: exam-room\n    idleAfter: 5",
    "places[0].idleAfter: 5: write a whole number and a unit: 500ms, 30s, 5m, 48h, 2d.",
  ],
  [link, "{ serial: /dev/ttyUSB0 }", "devices[0].link.serial: “/dev/ttyUSB0” must be a block: { path: /dev/ttyUSB0 }."],
  [link, "{ usb: { vendor: 0x0403 } }", 'devices[0].link.usb.vendor: 1027 must be text; write it in quotes: "0403".'],
  ["ttyUSB0 }", 'ttyUSB0, stopBits: "1" }', "devices[0].link.serial.stopBits: “1” must be a number; without quotes."],
  [
    "ttyUSB0 }",
    "ttyUSB0, baud: 9600 }",
    "devices[0].link.serial.baud: “baud” is not known here. Did you mean “baudRate”?",
  ],
  [
    "insecure: true",
    "tls: true",
    "sinks[0].hl7.tls: true must be a block with any of ca, cert, key, serverName, or {} for none of them.",
  ],
  [
    "insecure: true",
    "insecure: true, version: 2.5",
    'sinks[0].hl7.version: 2.5 must be text; write it in quotes: "2.5".',
  ],
  [
    "{ host: ehr.clinic, port: 2575, insecure: true }",
    "ehr.clinic:2575",
    "sinks[0].hl7: “ehr.clinic:2575” must be a block with host, port.",
  ],
  [rule, "      - { means: patient, length: 8 }\n", "places[0].barcodes[0].length: 8 must be a list: [least, most]."],
  [
    "hl7: { host: ehr.clinic, port: 2575, insecure: true }",
    "mqtt: { url: bus:1883, username: a, password: b }",
    "sinks[0].mqtt.url: “bus:1883”: write mqtt://host:1883 or mqtts://host:8883.",
    "sinks[0].mqtt.password: “password” is not known here. Did you mean “passwordFile” (file that holds the password, so that this file need not)?",
  ],
  [
    rule,
    '      - { means: patient, pattern: "\\d{8}" }\n',
    "\\d means nothing in double quotes; a pattern must stand in single quotes.",
  ],
  [
    rule,
    "      - { means: patient, pattern: \\d{8} }\n",
    `This cannot stand here. Text that has { } [ ] # or a colon in it must stand in single quotes. ${rest}`,
  ],
  ["gateway: box-1", "gateway:box-1", `Here should stand a key, a colon and a space. ${rest}`],
  ["    barcodes:", "   barcodes:", `The indentation does not fit the list above, or a - is missing. ${rest}`],
  ["gateway: box-1", "gateway: [box-1", `A bracket that is opened before this is not closed by ] or }. ${rest}`],
  ["gateway: box-1", "gateway: @box", `A text that begins with @ must stand in single quotes. ${rest}`],
])("in place of “%s” “%s” is told with what to write", async (from, to, ...told) => {
  expect(goodSite).toContain(from);
  const remarks = await remarksOf(goodSite.replace(from, to));
  expect(remarks.map((text) => text.replace(/^site\.yaml:\d+:\d+ {2}/, ""))).toEqual(told);
});
