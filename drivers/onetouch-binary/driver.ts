import { z } from "zod";
import type { Driver } from "../../src/driver-kit/contract.ts";
import { memoryOptions, memorySession } from "../../src/driver-kit/memory-session.ts";
import { decodeFrame, frameFramer } from "./frames.ts";
import { ultraMini } from "./ultramini.ts";
import { verioIq } from "./verio-iq.ts";

const options = z.strictObject({
  ...memoryOptions,
  dialect: z.enum(["ultramini", "verio-iq"]).default("ultramini").describe("which meters' requests and answers"),
});

type Options = z.output<typeof options>;

/** LifeScan meters with binary frames: downloads their memory. Reads only; clock and memory stay as they are. */
export const driver: Driver<Options> = {
  id: "onetouch-binary",
  version: "1",
  input: "stream",
  integrity: "checksum",
  options,
  session: ({ dialect, ...pace }) =>
    memorySession(
      {
        framer: frameFramer,
        decode: decodeFrame,
        converse: dialect === "ultramini" ? ultraMini : verioIq,
        asksFirst: true,
      },
      pace,
    ),
};
