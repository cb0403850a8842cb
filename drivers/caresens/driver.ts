import { z } from "zod";
import type { Driver } from "../../src/driver-kit/contract.ts";
import { memoryOptions, memorySession } from "../../src/driver-kit/memory-session.ts";
import { careSens } from "./conversation.ts";
import { decodeReply, replyFramer } from "./frames.ts";

const options = z.strictObject(memoryOptions);

type Options = z.output<typeof options>;

/** i-SENS CareSens N and its kin over their USB cable: downloads their memory. Reads only; clock and memory stay. */
export const driver: Driver<Options> = {
  id: "caresens",
  version: "1",
  input: "reports",
  integrity: "structure",
  options,
  session: (pace) =>
    memorySession({ framer: replyFramer, decode: decodeReply, converse: careSens(), asksFirst: true }, pace),
};
