import { z } from "zod";
import type { Driver } from "../../src/driver-kit/contract.ts";
import { memoryOptions, memorySession } from "../../src/driver-kit/memory-session.ts";
import { contour } from "./conversation.ts";
import { decodeMessage } from "./frames.ts";
import { messageFramer } from "./reports.ts";

/** There is no asking who is there without a whole transfer, so that a meter that was read is left in peace. */
const options = z.strictObject(memoryOptions);

type Options = z.output<typeof options>;

/** Contour meters with USB: downloads their memory, by ASTM E1381 in HID reports. Reads only; clock and memory stay. */
export const driver: Driver<Options> = {
  id: "contour",
  version: "1",
  input: "reports",
  integrity: "checksum",
  options,
  session: (pace) =>
    memorySession({ framer: messageFramer, decode: decodeMessage, converse: contour, asksFirst: false }, pace),
};
