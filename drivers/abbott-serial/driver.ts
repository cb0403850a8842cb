import { z } from "zod";
import type { Driver } from "../../src/driver-kit/contract.ts";
import { memoryOptions, memorySession } from "../../src/driver-kit/memory-session.ts";
import { freeStyleLite, optium } from "./conversation.ts";
import { decodeLine, lineFramer } from "./lines.ts";

const options = z.strictObject({
  ...memoryOptions,
  dialect: z.enum(["freestyle-lite", "optium"]).default("freestyle-lite").describe("which meters' commands and lines"),
});

type Options = z.output<typeof options>;

/** Abbott meters with serial text: downloads their memory. Reads only; clock and memory stay as they are. */
export const driver: Driver<Options> = {
  id: "abbott-serial",
  version: "1",
  input: "stream",
  integrity: "checksum",
  options,
  session: ({ dialect, ...pace }) =>
    memorySession(
      {
        framer: lineFramer,
        decode: decodeLine,
        converse: dialect === "optium" ? optium : freeStyleLite,
        asksFirst: dialect === "optium",
      },
      pace,
    ),
};
