import { z } from "zod";

/**
 * What may be asked of a running gateway, over its control socket: one JSON object a line. The answer is JSON lines
 * too, ended by `{"end":true}` or by `{"problem":{…}}`. Bad input is answered with USAGE and changes nothing.
 */

const person = z.string().trim().min(1).max(100).describe("who does it; kept in the journal");
const reason = z.string().trim().min(1).max(500);
const ids = z.array(z.string().min(1).max(64)).min(1).max(200);
const limit = z.number().int().min(1).max(1000).default(100);

/** Doubts that a person may set aside by name. What has no meaning (unmapped) or is no patient's (control) stays held. */
const accept = z
  .array(z.enum(["implausible", "maybe-repeated", "device-clock", "host-clock", "unproven-profile"]))
  .default([]);

/** Nobody holds the identifier against the place's barcode rules: a person answers for every character of it. */
const asTyped = z.literal(true).exactOptional();

export const subjectSchema = z.union([
  z.strictObject({
    patient: z.string().min(1).max(64),
    authority: z.string().max(100).exactOptional(),
    type: z.string().max(10).exactOptional(),
    visit: z.string().max(64).exactOptional(),
  }),
  z.strictObject({ specimen: z.string().min(1).max(64) }),
]);

export const requestSchema = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("status") }),
  z.strictObject({
    do: z.literal("readings"),
    limit,
    ids: ids.exactOptional(),
    standing: z.enum(["ready", "held", "discarded"]).exactOptional(),
    place: z.string().exactOptional(),
    afterSeq: z.number().int().min(0).exactOptional(),
  }),
  z.strictObject({
    do: z.literal("deliveries"),
    limit,
    ids: ids.exactOptional(),
    sink: z.string().exactOptional(),
    states: z.array(z.enum(["queued", "sending", "delivered", "rejected", "unsure", "abandoned"])).exactOptional(),
  }),
  z.strictObject({ do: z.literal("bytes"), id: z.string() }),
  z.strictObject({ do: z.literal("events"), limit }),
  z.strictObject({ do: z.literal("hold"), ids, by: person, reason }),
  z.strictObject({
    do: z.literal("attach"),
    ids,
    subject: subjectSchema,
    asTyped,
    accept,
    by: person,
    reason: reason.exactOptional(),
  }),
  z.strictObject({ do: z.literal("release"), ids, accept, by: person, reason }),
  z.strictObject({ do: z.literal("move"), ids, subject: subjectSchema, asTyped, by: person, reason }),
  z.strictObject({ do: z.literal("discard"), ids, by: person, reason }),
  z.strictObject({ do: z.literal("retry"), ids, by: person }),
  z.strictObject({ do: z.literal("abandon"), ids, by: person, reason }),
  z.strictObject({ do: z.literal("done"), place: z.string(), by: person }),
]);

export type Request = z.output<typeof requestSchema>;
export type SubjectRequest = z.output<typeof subjectSchema>;

/** One line of an answer. */
export type Reply =
  | { readonly row: unknown }
  | { readonly end: true }
  | { readonly problem: { readonly code: string; readonly detail?: string } };
