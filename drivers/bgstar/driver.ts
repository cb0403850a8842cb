import { z } from "zod";
import type { Driver } from "../../src/driver-kit/contract.ts";
import { lines } from "../../src/driver-kit/framers/lines.ts";
import { memoryOptions, memorySession } from "../../src/driver-kit/memory-session.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { bgStar } from "./conversation.ts";

const options = z.strictObject(memoryOptions);

type Options = z.output<typeof options>;

/** Sanofi BGStar and MyStar Extra: downloads their memory. Reads only; clock and memory stay as they are. */
export const driver: Driver<Options> = {
  id: "bgstar",
  version: "1",
  input: "stream",
  integrity: "structure",
  options,
  session: (pace) =>
    memorySession(
      {
        framer: () => lines({ ends: ["\r"], bound: 100 }),
        decode: (line) => latin1(line).replace(/^\n/, ""),
        converse: bgStar,
        asksFirst: true,
      },
      pace,
    ),
};
