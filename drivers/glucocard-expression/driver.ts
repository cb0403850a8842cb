import { z } from "zod";
import type { Driver } from "../../src/driver-kit/contract.ts";
import { memoryOptions, memorySession } from "../../src/driver-kit/memory-session.ts";
import { expression } from "./conversation.ts";
import { decodePacket, packetFramer } from "./packets.ts";

const options = z.strictObject(memoryOptions);

type Options = z.output<typeof options>;

/** Arkray Glucocard Expression, Embrace TALK: downloads their memory. Reads only; clock and memory stay as they are. */
export const driver: Driver<Options> = {
  id: "glucocard-expression",
  version: "1",
  input: "stream",
  integrity: "checksum",
  options,
  session: (pace) =>
    memorySession({ framer: packetFramer, decode: decodePacket, converse: expression, asksFirst: true }, pace),
};
