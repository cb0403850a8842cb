import { build, segment } from "../../src/hl7/build.ts";

/**
 * The time in a host's message before the monitor has told its own. A driver reads no clock, and HL7 requires one; the
 * monitor answers with its present state whatever it says.
 */
const noTime = "20000101000000";

/** Asks for the monitor's present state: QRY^R02 with QRD-9 STA. `id` has at most ten characters; `at` as in MSH-7. */
export function query(id: string, at = noTime): string {
  return build([
    segment("MSH", { 7: at, 9: ["QRY", "R02"], 10: id, 11: "P", 12: "2.4" }),
    segment("QRD", { 1: at, 2: "R", 3: "I", 4: id, 9: "STA" }),
  ]);
}

/** The host's answer to a reply: AA where all that was new in it is on disk, AE where it is not. */
export function acknowledgement(code: "AA" | "AE", id: string, reply: { controlId: string; at: string }): string {
  return build([
    segment("MSH", { 7: reply.at, 9: ["ACK", undefined, "ACK_ALL"], 10: id, 11: "P", 12: "2.4" }),
    segment("MSA", { 1: code, 2: reply.controlId }),
  ]);
}
