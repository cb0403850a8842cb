import { z } from "zod";
import type { Driver } from "../../src/driver-kit/contract.ts";
import { memoryOptions, memorySession } from "../../src/driver-kit/memory-session.ts";
import { decodeReply } from "./answers.ts";
import { textMeter } from "./conversation.ts";
import { replyFramer } from "./reports.ts";

const options = z.strictObject({
  ...memoryOptions,
  dialect: z.enum(["neo", "insulinx"]).default("neo").describe("which meters' result records"),
});

type Options = z.output<typeof options>;

/** Abbott meters with text commands in HID reports: downloads their memory. Reads only; clock and memory stay. */
export const driver: Driver<Options> = {
  id: "abbott-hid",
  version: "1",
  input: "reports",
  integrity: "checksum",
  options,
  session: ({ dialect, ...pace }) =>
    memorySession(
      { framer: replyFramer, decode: decodeReply, converse: (visit) => textMeter(visit, dialect), asksFirst: true },
      pace,
    ),
};
