import { build, type Field, repeat, type SegmentContent, segment } from "./build.ts";
import { type Message, parse } from "./message.ts";

/** Table 0008. A… is the application's answer, C… the commit answer of enhanced mode. */
export const ackCodes = ["AA", "AE", "AR", "CA", "CE", "CR"] as const;
export type AckCode = (typeof ackCodes)[number];

/** What a receiver answered. */
export interface Ack {
  readonly code: AckCode;
  /** MSA-2: the control id of the message that is meant. Empty where the receiver gave none. */
  readonly controlId: string;
  /** The receiver's own words: MSA-3, and each ERR's code (ERR-3) and texts (ERR-7, ERR-8). */
  readonly text?: string;
}

/** Reads an acknowledgement; nothing where the text is not one. Any message with an MSA will do: ACK, RSP, ORR. */
export function readAck(text: string): Ack | undefined {
  const parsed = parse(text);
  if (!parsed.ok) return undefined;
  const msa = parsed.message.find("MSA");
  const code = ackCodes.find((known) => known === msa?.get(1));
  if (msa === undefined || code === undefined) return undefined;
  const words = [msa.get(3)];
  for (const err of parsed.message.all("ERR")) words.push(err.get(3), err.get(3, 2), err.get(7), err.get(8));
  const said = [...new Set(words.filter((word) => word !== undefined))].join("; ");
  return { code, controlId: msa.get(2) ?? "", ...(said === "" ? {} : { text: said }) };
}

/** What an answer says beyond what follows from the message that it answers. */
export interface Answer {
  readonly code: AckCode;
  /** MSH-10 of the answer itself. */
  readonly controlId: string;
  /** MSH-7 of the answer, as DTM. */
  readonly at: string;
  /** For people: MSA-3, and ERR-8 where there is an error. */
  readonly text?: string;
  /** Table 0357, for ERR-3 (from 2.5): `101` required field missing, `207` application error … */
  readonly error?: string;
}

/**
 * Writes the acknowledgement of a message: sender and receiver swapped, its processing id and version, its control id
 * in MSA-2, with the standard delimiters. Without a message (what came was not HL7) MSA-2 stays empty.
 */
export function buildAck(of: Message | undefined, answer: Answer): string {
  const header = of?.find("MSH");
  const echo = (field: number): Field => repeat(...(header?.tree(field) ?? []));
  const trigger = header?.get(9, 2);
  const version = header?.get(12) ?? "2.5.1";
  const segments: SegmentContent[] = [
    segment("MSH", {
      3: echo(5),
      4: echo(6),
      5: echo(3),
      6: echo(4),
      7: answer.at,
      9: trigger === undefined ? "ACK" : ["ACK", trigger, version >= "2.4" ? "ACK" : undefined],
      10: answer.controlId,
      11: header?.get(11) ?? "P",
      12: version,
    }),
    segment("MSA", { 1: answer.code, 2: echo(10), 3: answer.text }),
  ];
  if (answer.error !== undefined && version >= "2.5") {
    segments.push(segment("ERR", { 3: [answer.error, undefined, "HL70357"], 4: "E", 8: answer.text }));
  }
  return build(segments);
}
