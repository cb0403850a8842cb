import { join } from "node:path";
import type { Clinic } from "./clinic.ts";
import type { SiteText } from "./gateway.ts";

/** The barcode of a patient's wristband, and the bytes that the scanner sends for it. */
export const wristband = (digits: string): string => `P${digits}\r`;
/** The code at the door: the patient has gone. */
export const doneCode = "DONE\r";

const packet = (kg: string): string => `\x1bR\x1bI0000000000\x1bW${kg}\x1bH0.0\x1bB0.0\x1bT0.0\x1bNm\x1bE`;
const emptyScale = packet("0.0");

/** One whole packet of the scale. */
export const scalePacket = packet;
/** A weighing, as the scale streams it: three times the settled weight, then the empty platform. */
export const weighing = (kg: string): string => packet(kg).repeat(3) + emptyScale;

/** A room with a scanner and a scale on serial ports, and a bench with analyzers that call over the network. */
export function roomSite(
  folder: string,
  over: { readonly analyzers?: readonly number[]; readonly sinks?: SiteText["sinks"]; readonly state?: string } = {},
): SiteText {
  const { analyzers = [], sinks = [], state = join(folder, "state") } = over;
  return {
    site: "north",
    gateway: "gw-1",
    timezone: "Europe/Zurich",
    state,
    patients: { authority: "CLINIC" },
    clock: { holdUnsynchronised: false },
    journal: { ballastMegabytes: 1 },
    places: [
      {
        id: "room-4",
        kind: "exam-room",
        unverified: "allow",
        barcodes: [
          { means: "patient", prefix: "P", pattern: "\\d{8}" },
          { means: "done", pattern: "DONE" },
        ],
      },
      {
        id: "bench-1",
        kind: "lab-bench",
        trustInstrumentIds: true,
        barcodes: [{ means: "specimen", prefix: "S", pattern: "\\d{6}" }],
      },
    ],
    devices: [
      serial("scanner-4", "generic-serial-scanner", join(folder, "scanner")),
      serial("scale-4", "health-o-meter-esc", join(folder, "scale")),
      ...analyzers.map((port, i) => ({
        id: `analyzer-${i + 1}`,
        place: "bench-1",
        profile: "abbott-afinion-2",
        link: { listen: { port } },
      })),
    ],
    sinks,
  };
}

const serial = (id: string, profile: string, path: string) => ({
  id,
  place: "room-4",
  profile,
  link: { serial: { path } },
});

/** The way to a clinic, impatient enough for a test. */
export function hl7Sink(id: string, { port }: Pick<Clinic, "port">, over: Record<string, unknown> = {}) {
  return { id, hl7: { host: "127.0.0.1", port, insecure: true, ackTimeout: "1s", ...over } };
}
