import { z } from "zod";
import type { Driver } from "../../src/driver-kit/contract.ts";
import { memorySession } from "../../src/driver-kit/memory-session.ts";
import { codefree } from "./conversation.ts";
import { decodeReply, replyFramer } from "./packets.ts";

const options = z.strictObject({});

type Options = z.output<typeof options>;

/** The meter begins: between two visits there is only a breath, and no visit is due at a time. */
const pace = { askEverySeconds: 0.1, downloadEveryMinutes: 1 };

/** SD Biosensor SD CodeFree: downloads its memory when it is switched on. Reads only; clock and memory stay. */
export const driver: Driver<Options> = {
  id: "sd-codefree",
  version: "1",
  input: "stream",
  integrity: "checksum",
  options,
  session: () => memorySession({ framer: replyFramer, decode: decodeReply, converse: codefree, asksFirst: true }, pace),
};
