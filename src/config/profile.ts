import { z } from "zod";

/**
 * A profile says what a model's channels mean. YAML beside the driver, or a site's own in its `profiles/` folder.
 * This schema gives the types, the check, and the JSON Schema for editors.
 */

const slug = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "use lower-case letters, digits and hyphens");
/** USB ids are text: YAML reads an unquoted 0403 as the number 403. */
export const usbId = z.string().regex(/^[0-9a-f]{4}$/, 'write it in quotes, as four lower-case hex digits: "0403"');

const usbCode = z.number().int().min(0).max(0xff);

const asDuration = "write a whole number and a unit: 500ms, 30s, 5m, 48h, 2d";

export const durationText = z
  .string(asDuration)
  .regex(/^\d+(ms|s|m|h|d)$/, asDuration)
  .describe("a duration: 500ms, 30s, 5m, 48h, 2d");

const line = {
  baudRate: z.number().int().min(50).max(4_000_000),
  dataBits: z.union([z.literal(5), z.literal(6), z.literal(7), z.literal(8)]),
  parity: z.enum(["none", "even", "odd", "mark", "space"]),
  stopBits: z.union([z.literal(1), z.literal(1.5), z.literal(2)]),
  flowControl: z.enum(["none", "rts-cts", "xon-xoff"]),
  dtr: z.enum(["high", "low"]).describe("level of DTR after opening; some instruments need it low"),
  rts: z.enum(["high", "low"]),
};

export const serialSettings = z
  .strictObject({
    baudRate: line.baudRate,
    dataBits: line.dataBits.default(8),
    parity: line.parity.default("none"),
    stopBits: line.stopBits.default(1),
    flowControl: line.flowControl.default("none"),
    dtr: line.dtr.default("high").describe("level of DTR after opening; some instruments need it low"),
    rts: line.rts.default("high"),
  })
  .describe("line settings");

/** What a site sets otherwise than the profile. It has no defaults: they would override the profile's settings. */
export const serialOverrides = z.strictObject(line).partial();

export const channelSchema = z.strictObject({
  display: z.string().optional().describe("name for people; by default that of the LOINC code"),
  loinc: z
    .string()
    .regex(/^\d{1,7}-\d$/)
    .optional(),
  loincByUnit: z
    .record(z.string(), z.string().regex(/^\d{1,7}-\d$/))
    .optional()
    .describe("UCUM unit -> LOINC, where the code depends on the unit (mass or substance concentration)"),
  mdc: z.number().int().positive().optional().describe("IEEE 11073 code, context-free"),
  unit: z.string().optional().describe("UCUM unit, for a channel whose wire carries none"),
  units: z.record(z.string(), z.string()).optional().describe("wire unit -> UCUM"),
  range: z
    .record(z.string(), z.tuple([z.number(), z.number()]))
    .optional()
    .describe("UCUM unit -> [least, most]; outside it a reading is held as implausible"),
  decimals: z
    .record(z.string(), z.array(z.number().int().min(0).max(6)))
    .optional()
    .describe("UCUM unit -> numbers of decimals that the instrument writes; any other number of them is held"),
  values: z.record(z.string(), z.string()).optional().describe("texts that this channel may carry -> the text to send"),
  optional: z.boolean().default(false).describe("an implausible value here does not hold the readings taken with it"),
});

export const profileSchema = z.strictObject({
  id: slug,
  version: z.number().int().positive().describe("raised on any change of meaning"),
  driver: slug,
  options: z.record(z.string(), z.unknown()).default({}).describe("options of the driver; its README lists them"),
  evidence: z
    .enum(["bench", "capture", "manual"])
    .describe("tried on the instrument | checked against its real or documented bytes | from a manual's text alone"),
  maker: z.string(),
  model: z.string(),
  kind: z.enum([
    "scale",
    "vitals-monitor",
    "blood-pressure",
    "oximeter",
    "thermometer",
    "glucose-meter",
    "lab-analyzer",
    "scanner",
  ]),
  match: z
    .strictObject({
      usb: z
        .array(z.strictObject({ vendor: usbId, product: usbId.optional(), serial: z.string().optional() }))
        .optional(),
      hid: z.array(z.strictObject({ usagePage: z.number().int(), usage: z.number().int().optional() })).optional(),
      bulk: z
        .union([z.literal("any"), z.array(z.strictObject({ class: usbCode, subclass: usbCode.optional() }))])
        .optional()
        .describe("read through a USB interface with bulk endpoints: any, or of these USB classes"),
    })
    .optional()
    .describe("how it is recognised among the ports that are there"),
  serial: serialSettings.optional().describe("line settings as the instrument leaves the factory"),
  silenceAfter: durationText.optional().describe("after this long without a byte the operator is told"),
  channels: z.record(z.string(), channelSchema).default({}),
  ignore: z.array(z.string()).default([]).describe("channels that are known and are no readings"),
  notes: z.string().optional(),
});

/** One level of `like: other-profile`: everything given here replaces that profile's key; channels merge by name. */
export const profileFileSchema = profileSchema.partial().extend({
  like: slug.optional(),
  id: slug,
  version: profileSchema.shape.version,
});

export type Profile = z.output<typeof profileSchema>;
export type Channel = z.output<typeof channelSchema>;
export type SerialSettings = z.output<typeof serialSettings>;
