import { z } from "zod";
import { durationText, serialOverrides, usbId } from "./profile.ts";

/** A site's one YAML file: who it is, where its rooms are, what is plugged in, where readings go. */

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/, "use lower-case letters, digits and hyphens");
const port = z.number().int().min(1).max(65_535);

export const barcodeRule = z
  .strictObject({
    means: z.enum(["patient", "visit", "staff", "specimen", "done"]),
    prefix: z.string().optional().describe("text before the identifier; it is taken off"),
    pattern: z
      .string()
      .optional()
      .describe("regular expression that the whole identifier must match, prefix taken off"),
    length: z.tuple([z.number().int().positive(), z.number().int().positive()]).optional().describe("[least, most]"),
    check: z.enum(["luhn", "nhs", "mod10-3-1", "mod37-2"]).optional().describe("check digit at the identifier's end"),
    symbologies: z
      .array(z.string().regex(/^\][A-Za-z][0-9A-Za-z]$/))
      .optional()
      .describe("AIM identifiers allowed, such as ]C0; a scan without one does not match then"),
    gs1: z.enum(["8018", "8017"]).optional().describe("take the identifier from this GS1 application identifier"),
    codabarLetters: z
      .enum(["keep", "remove"])
      .optional()
      .describe("start and stop letter (A to D) of a Codabar code, ]F, where the scanner sends them; keep by default"),
    authority: z.string().optional().describe("assigning authority of the identifier, for HL7 PID-3.4"),
    type: z.string().optional().describe("identifier type, HL7 table 0203"),
  })
  .describe("what a scanned code means; the first rule that fits wins");

export const placeSchema = z.strictObject({
  id,
  kind: z.enum(["exam-room", "lab-bench"]),
  barcodes: z.array(barcodeRule).default([]),
  idleAfter: durationText.default("5m").describe("the association ends after so long without a scan or a reading"),
  longest: durationText.default("1h").describe("the association ends after so long in any case"),
  unverified: z
    .enum(["hold", "allow"])
    .default("hold")
    .describe("readings of a patient whom no feed or query has confirmed"),
  trustInstrumentIds: z
    .boolean()
    .default(false)
    .describe("take the patient or specimen that the instrument itself reports as the binding"),
});

const tls = z
  .strictObject({
    ca: z.string().optional().describe("file with the certificate authority's certificates, PEM"),
    cert: z.string().optional().describe("file with this gateway's certificate, PEM"),
    key: z.string().optional().describe("file with its key, PEM"),
    serverName: z.string().optional().describe("name that the far end's certificate must carry"),
  })
  .describe("secure connection");

export const linkSchema = z.union([
  z.strictObject({ serial: z.strictObject({ path: z.string(), ...serialOverrides.shape }) }),
  z.strictObject({
    usb: z
      .strictObject({
        vendor: usbId,
        product: usbId.optional(),
        serial: z.string().optional(),
        path: z.string().optional().describe("port path, as vitalwire devices shows it"),
      })
      .describe("whichever serial port has this USB identity"),
  }),
  z.strictObject({
    hid: z
      .strictObject({
        vendor: usbId,
        product: usbId.optional(),
        serial: z.string().optional(),
        usagePage: z
          .number()
          .int()
          .min(1)
          .max(0xffff)
          .optional()
          .describe("HID usage page of the interface, such as 0x8c, where the device has several"),
        path: z.string().optional().describe("port path, as vitalwire devices shows it"),
      })
      .describe("whichever USB HID interface has this identity"),
  }),
  z.strictObject({
    bulk: z
      .strictObject({
        vendor: usbId,
        product: usbId.optional(),
        serial: z.string().optional(),
        path: z.string().optional().describe("port path, as vitalwire devices shows it"),
      })
      .describe("whichever USB device of this identity the profile reads by bulk transfers"),
  }),
  z.strictObject({ tcp: z.strictObject({ host: z.string(), port }) }),
  z.strictObject({
    listen: z.strictObject({
      port,
      address: z.string().default("127.0.0.1").describe("address to listen on"),
      from: z.string().optional().describe("only this peer address is this device"),
    }),
  }),
  z.strictObject({ file: z.strictObject({ path: z.string(), speed: z.enum(["real", "full"]).default("full") }) }),
]);

export const deviceSchema = z.strictObject({
  id,
  place: id,
  profile: id.optional().describe("the profile's id; left out, it is recognised by its USB identity"),
  link: linkSchema,
  allowUnproven: z
    .boolean()
    .default(false)
    .describe("send readings of a profile whose evidence is only a manual; otherwise they are held"),
  timezone: z.string().optional().describe("zone of the instrument's clock, if not the site's"),
  shared: z
    .boolean()
    .optional()
    .describe("used in several rooms: what it measured before it was connected here is held, for it may be another's"),
});

const sinkBase = { id, kinds: z.array(z.enum(["patient", "control"])).default(["patient"]) };

export const hl7SinkSchema = z.strictObject({
  ...sinkBase,
  hl7: z.strictObject({
    host: z.string(),
    port,
    tls: tls.optional(),
    insecure: z
      .boolean()
      .default(false)
      .describe("allow a connection without TLS; say it aloud, for MLLP has no log-in"),
    version: z.enum(["2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6"]).default("2.5.1"),
    sendingApplication: z.string().default("VITALWIRE"),
    sendingFacility: z.string().default(""),
    receivingApplication: z.string().default(""),
    receivingFacility: z.string().default(""),
    processing: z.enum(["P", "T", "D"]).default("P"),
    codes: z.enum(["loinc", "mdc"]).default("loinc").describe("which code comes first in OBX-3; the other follows"),
    verified: z.enum(["F", "R"]).default("F").describe("OBX-11 of a reading bound to its patient"),
    ackTimeout: durationText.default("30s"),
    errorTries: z.number().int().min(1).max(100).default(3).describe("tries after AE before it is set aside"),
    whenUnsure: z.enum(["resend", "ask"]).default("resend"),
  }),
});

export const mqttSinkSchema = z.strictObject({
  ...sinkBase,
  mqtt: z.strictObject({
    url: z.string().regex(/^(mqtt|mqtts):\/\//, "write mqtt://host:1883 or mqtts://host:8883"),
    version: z.enum(["5", "3.1.1"]).default("5"),
    prefix: z
      .string()
      .regex(/^[^+#]*$/)
      .default("vitalwire"),
    tls: tls.optional(),
    insecure: z.boolean().default(false),
    username: z.string().optional(),
    passwordFile: z.string().optional().describe("file that holds the password, so that this file need not"),
    window: z.number().int().min(1).max(1000).default(100).describe("messages under way at once"),
    ackTimeout: durationText.default("20s"),
  }),
});

export const fileSinkSchema = z.strictObject({ ...sinkBase, file: z.strictObject({ path: z.string() }) });

export const sinkSchema = z.union([hl7SinkSchema, mqttSinkSchema, fileSinkSchema]);

/** Stands where nobody said who issues identifiers. */
export const unknownAuthority = "UNKNOWN-AUTHORITY";

export const siteSchema = z.strictObject({
  site: id,
  gateway: id,
  timezone: z.string().describe("IANA zone, such as Europe/Zurich"),
  state: z.string().optional().describe("folder for the journal and recordings; by default the service's own"),
  patients: z
    .strictObject({ authority: z.string().default(unknownAuthority), type: z.string().default("MR") })
    .prefault({})
    .describe("assigning authority and type of identifiers whose rule names none"),
  journal: z
    .strictObject({
      keepDelivered: durationText.default("30d"),
      maxMegabytes: z.number().int().min(16).default(1024),
      ballastMegabytes: z.number().int().min(1).default(8),
    })
    .prefault({}),
  recorder: z.strictObject({ megabytesPerDevice: z.number().min(0.1).default(4) }).prefault({}),
  clock: z
    .strictObject({
      holdUnsynchronised: z
        .boolean()
        .default(true)
        .describe("hold readings while the host's clock is not synchronised"),
      note: durationText.default("2m").describe("an instrument's clock this far off is corrected and flagged"),
      hold: durationText.default("15m").describe("this far off, its stored readings are held"),
    })
    .prefault({}),
  places: z.array(placeSchema).min(1),
  devices: z.array(deviceSchema).default([]),
  sinks: z.array(sinkSchema).default([]),
});

export type Site = z.output<typeof siteSchema>;
export type Place = z.output<typeof placeSchema>;
export type BarcodeRule = z.output<typeof barcodeRule>;
export type Device = z.output<typeof deviceSchema>;
export type LinkConfig = z.output<typeof linkSchema>;
export type Sink = z.output<typeof sinkSchema>;
export type Hl7SinkConfig = z.output<typeof hl7SinkSchema>;
export type MqttSinkConfig = z.output<typeof mqttSinkSchema>;
export type FileSinkConfig = z.output<typeof fileSinkSchema>;
