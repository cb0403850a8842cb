import { z } from "zod";
import type { Driver } from "../../src/driver-kit/contract.ts";
import { memoryOptions, memorySession } from "../../src/driver-kit/memory-session.ts";
import { trueMetrix } from "./conversation.ts";
import { decodeReply, messageFramer } from "./messages.ts";

const options = z.strictObject(memoryOptions);

type Options = z.output<typeof options>;

/** Trividia TRUE METRIX meters: downloads their memory. Reads only; clock and memory stay as they are. */
export const driver: Driver<Options> = {
  id: "true-metrix",
  version: "1",
  input: "reports",
  integrity: "checksum",
  options,
  // Not asked who it is more often than it is read: each time would wake it.
  session: (pace) =>
    memorySession({ framer: messageFramer, decode: decodeReply, converse: trueMetrix, asksFirst: false }, pace),
};
