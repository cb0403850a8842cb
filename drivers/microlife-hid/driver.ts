import { z } from "zod";
import type { Driver } from "../../src/driver-kit/contract.ts";
import { type Conversation, memoryOptions, memorySession, type Visit } from "../../src/driver-kit/memory-session.ts";
import { cyclesFramer, measurementOf, readCycles, recordsOf } from "./cycles.ts";

const options = z.strictObject(memoryOptions);

type Options = z.output<typeof options>;

/** Microlife BP monitors with the Cypress USB adapter: downloads their memory. Clock, identifier and memory stay. */
export const driver: Driver<Options> = {
  id: "microlife-hid",
  version: "1",
  input: "stream",
  integrity: "checksum",
  options,
  session: (pace) =>
    memorySession({ framer: cyclesFramer, decode: (frame) => frame, converse: readMonitor, asksFirst: false }, pace),
};

const waitMs = 3000;
const pauseMs = 2000;

function* readMonitor(visit: Visit): Conversation<Uint8Array> {
  const heard = yield { writes: [{ do: "write", bytes: readCycles }], waitMs, pauseMs, accepts: () => true };
  if (heard === undefined) return { is: "absent" };
  visit.identify({ manufacturer: "Microlife" });
  for (const { text, span } of recordsOf(heard.reply, heard.span)) {
    const measured = measurementOf(text, span);
    if (measured === undefined) visit.discard(span, "malformed");
    else visit.keep(...measured);
  }
  return { is: "complete" };
}
