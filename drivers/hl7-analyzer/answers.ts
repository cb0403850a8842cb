import { type AckCode, buildAck } from "../../src/hl7/ack.ts";
import type { Message } from "../../src/hl7/message.ts";
import { mllpBlock } from "../../src/hl7/mllp.ts";

/** What became of a message: it is safe, it could not be stored, or it is none that is taken. */
export type Outcome = "stored" | "refused" | "unsupported";

const codes = {
  stored: { application: "AA", commit: "CA" },
  refused: { application: "AE", commit: "CE", error: "207", text: "not stored, send it again" },
  unsupported: { application: "AR", commit: "CR", error: "200", text: "not a message of results" },
} as const satisfies Record<Outcome, { application: AckCode; commit: AckCode; error?: string; text?: string }>;

/**
 * The acknowledgements that a message asks for, ready to be written. Original mode: one. Enhanced mode (MSH-15 or
 * MSH-16 filled): what each of the two asks for, which may be none at all; both are given only after the message is
 * stored. MSH-7 is the message's own time, for this end has no clock, and MSH-10 its control id with an `A` before it.
 */
export function answersTo(message: Message, charset: "utf-8" | "iso-8859-1", outcome: Outcome): readonly Uint8Array[] {
  const header = message.find("MSH");
  const [accept, application] = [header?.get(15), header?.get(16)];
  const { application: applicationCode, commit, ...words } = codes[outcome];
  const wanted: AckCode[] = [];
  if (accept === undefined && application === undefined) wanted.push(applicationCode);
  else {
    if (asked(accept, outcome)) wanted.push(commit);
    if (asked(application, outcome)) wanted.push(applicationCode);
  }
  const at = header?.get(7) ?? "";
  const controlId = `A${header?.get(10) ?? ""}`.slice(0, 20);
  return wanted.map((code) => mllpBlock(encoded(buildAck(message, { code, controlId, at, ...words }), charset)));
}

/** Table 0155: always, never, on success, on error. */
function asked(condition: string | undefined, outcome: Outcome): boolean {
  return condition === "AL" || condition === (outcome === "stored" ? "SU" : "ER");
}

function encoded(text: string, charset: "utf-8" | "iso-8859-1"): Uint8Array {
  if (charset === "utf-8") return new TextEncoder().encode(text);
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
