import { z } from "zod";
import type { Driver } from "../../src/driver-kit/contract.ts";
import { reports } from "../../src/driver-kit/framers/reports.ts";
import { memoryOptions, memorySession } from "../../src/driver-kit/memory-session.ts";
import { readMonitor } from "./conversation.ts";
import { payloadOf } from "./reports.ts";

const options = z.strictObject(memoryOptions);

type Options = z.output<typeof options>;

/** Omron HEM-790IT, 7080IT and M10-IT blood-pressure monitors: downloads their memory. Clock and memory stay. */
export const driver: Driver<Options> = {
  id: "omron-hid",
  version: "1",
  input: "reports",
  integrity: "checksum",
  options,
  session: (pace) =>
    memorySession(
      {
        framer: () => reports({ lengths: [8] }),
        decode: payloadOf,
        converse: readMonitor,
        asksFirst: false,
      },
      pace,
    ),
};
