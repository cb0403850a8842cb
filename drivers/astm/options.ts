import { z } from "zod";
import { encodings } from "./encoding.ts";
import { STANDARD_TEXT } from "./frame.ts";
import type { MessageRules } from "./message.ts";
import type { ReceiverRules } from "./receiver.ts";
import type { ValueRules } from "./value.ts";

const componentOf = z.number().int().min(1).max(20);

export const options = z.strictObject({
  mode: z
    .enum(["strict", "lenient"])
    .default("lenient")
    .describe("strict: the standard to the letter; lenient: what analyzers are known to do. Sets the next seven."),
  end: z
    .enum(["L", "EOT"])
    .optional()
    .describe("L: each message ends with an L record, results are stored by order; EOT: perhaps not, stored by frame"),
  maxText: z.number().int().min(8).max(1_048_576).optional().describe("longest text of a frame, in bytes"),
  frameEnd: z.enum(["crlf", "any"]).optional().describe("any: CR or LF may be missing after the checksum"),
  frameNumbers: z
    .enum(["consecutive", "any"])
    .optional()
    .describe("any: a number out of turn is accepted where no frame can have been lost"),
  enqInTransfer: z
    .enum(["restart", "refuse"])
    .optional()
    .describe("restart: the analyzer begins anew, what was unfinished is dropped"),
  withoutEnq: z.enum(["accept", "ignore"]).optional().describe("a first frame that no ENQ announced"),
  recordEnd: z.enum(["cr", "any"]).optional().describe("any: the last record before ETX may lack its CR"),
  framing: z
    .enum(["lis01", "records"])
    .default("lis01")
    .describe("records: bare records over TCP, with no frames, no checksums and no acknowledgement"),
  encoding: z.enum(encodings).default("latin-1").describe("how letters beyond ASCII are written"),
  sender: z
    .strictObject({
      manufacturer: componentOf.optional(),
      model: componentOf.optional(),
      firmware: componentOf.optional(),
      serial: componentOf.optional(),
    })
    .default({ model: 1 })
    .describe("which component of H field 5 is what"),
  clock: z
    .enum(["none", "header"])
    .default("none")
    .describe("header: H field 14 is the analyzer's clock at the moment of sending"),
  patient: z.enum(["P.3", "P.4", "P.5", "none"]).default("P.3").describe("where the patient's identifier stands"),
  specimen: z
    .strictObject({ field: z.enum(["O.3", "O.4", "none"]), component: componentOf.default(1) })
    .prefault({ field: "O.3" })
    .describe("where the specimen's identifier stands"),
  test: z
    .array(componentOf)
    .min(1)
    .optional()
    .describe("which components of R.3 name the test together; otherwise component 4, else 5, else the field"),
  reportable: componentOf
    .optional()
    .describe("the component of R.3 that only results have; records without it led to a result, and are read over"),
  value: z
    .enum(["whole", "qualitative^quantitative"])
    .default("whole")
    .describe("what R.4 holds; two components become two results, the second under the test's name and “quantity”"),
  slash: z.enum(["keep", "strip"]).default("keep").describe("strip: a / after test codes and values is padding"),
  comments: z
    .enum(["flags", "ignore"])
    .default("flags")
    .describe("flags: the text of comments that follow a result is kept among its flags"),
  offScaleFlags: z
    .boolean()
    .default(true)
    .describe("the flags < and > say that the value is the limit of what can be measured"),
  maskedFlags: z.array(z.string()).default([]).describe("flags of results that the analyzer does not let out"),
  messageFlags: z
    .array(z.string())
    .default([])
    .describe("flags that are themselves the result where the value is empty: the analyzer's messages"),
  controlMarks: z
    .array(z.string())
    .default([])
    .describe("words in O.16 and in comments on an order or a result (first component) that only controls have"),
  otherRecords: z
    .array(z.string())
    .default([])
    .describe("record types beyond the standard's that hold no result; a frame with any other is refused"),
  queries: z
    .enum(["answer", "ignore"])
    .default("answer")
    .describe("answer: a query for orders is told that there is no information"),
});

export type Options = z.output<typeof options>;

export interface Rules extends ReceiverRules, MessageRules, ValueRules {}

const strict = {
  end: "L",
  maxText: STANDARD_TEXT,
  frameEnd: "crlf",
  frameNumbers: "consecutive",
  enqInTransfer: "restart",
  withoutEnq: "ignore",
  recordEnd: "cr",
} as const;

const lenient = {
  end: "EOT",
  maxText: 65_536,
  frameEnd: "any",
  frameNumbers: "any",
  enqInTransfer: "restart",
  withoutEnq: "accept",
  recordEnd: "any",
} as const;

/** The rules that a mode stands for, with those given one by one in their place. */
export function rulesOf(given: Options): Rules {
  const mode = given.mode === "strict" ? strict : lenient;
  return {
    end: given.end ?? mode.end,
    maxText: given.maxText ?? mode.maxText,
    frameEnd: given.frameEnd ?? mode.frameEnd,
    frameNumbers: given.frameNumbers ?? mode.frameNumbers,
    enqInTransfer: given.enqInTransfer ?? mode.enqInTransfer,
    withoutEnq: given.withoutEnq ?? mode.withoutEnq,
    recordEnd: given.recordEnd ?? mode.recordEnd,
    otherRecords: given.otherRecords,
    unknownRecords: given.framing === "records" ? "ignore" : "refuse",
    encoding: given.encoding,
    offScaleFlags: given.offScaleFlags,
    maskedFlags: given.maskedFlags,
    messageFlags: given.messageFlags,
  };
}
