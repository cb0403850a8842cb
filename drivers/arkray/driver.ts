import { z } from "zod";
import type { Driver } from "../../src/driver-kit/contract.ts";
import { memoryOptions, memorySession } from "../../src/driver-kit/memory-session.ts";
import { arkray } from "./conversation.ts";
import { decodeReply, replyFramer } from "./replies.ts";

const options = z.strictObject(memoryOptions);

type Options = z.output<typeof options>;

/** Arkray Glucocard Vital, ReliOn Prime: downloads their memory. Reads only; clock and memory stay as they are. */
export const driver: Driver<Options> = {
  id: "arkray",
  version: "1",
  input: "stream",
  integrity: "checksum",
  options,
  session: (pace) =>
    memorySession({ framer: replyFramer, decode: decodeReply, converse: arkray, asksFirst: true }, pace),
};
