import { z } from "zod";
import type { Driver } from "../../src/driver-kit/contract.ts";
import { memoryOptions, memorySession } from "../../src/driver-kit/memory-session.ts";
import { decodeLine, lineFramer } from "./blocks.ts";
import { areo } from "./conversation.ts";

const options = z.strictObject(memoryOptions);

type Options = z.output<typeof options>;

/** Menarini GlucoMen areo: downloads its memory. Reads only; clock and memory stay as they are. */
export const driver: Driver<Options> = {
  id: "glucomen-areo",
  version: "1",
  input: "stream",
  integrity: "checksum",
  options,
  session: (pace) => memorySession({ framer: lineFramer, decode: decodeLine, converse: areo, asksFirst: true }, pace),
};
