import { z } from "zod";
import type { Driver } from "../../src/driver-kit/contract.ts";
import { memoryOptions, memorySession } from "../../src/driver-kit/memory-session.ts";
import { tdMeter } from "./conversation.ts";
import { decodePacket, packetFramer } from "./packets.ts";

const options = z.strictObject(memoryOptions);

type Options = z.output<typeof options>;

/** TaiDoc TD-42xx glucose meters over their USB cable: downloads their memory. Reads only; clock and memory stay. */
export const driver: Driver<Options> = {
  id: "taidoc-td42",
  version: "1",
  input: "reports",
  integrity: "checksum",
  options,
  session: (pace) =>
    memorySession({ framer: packetFramer, decode: decodePacket, converse: tdMeter(), asksFirst: true }, pace),
};
