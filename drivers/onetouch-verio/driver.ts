import { z } from "zod";
import type { Driver } from "../../src/driver-kit/contract.ts";
import { memoryOptions, memorySession } from "../../src/driver-kit/memory-session.ts";
import { verio } from "./conversation.ts";
import { readReply, replyFramer } from "./transport.ts";

const options = z.strictObject(memoryOptions);

/**
 * LifeScan meters that look like a disk: downloads their memory through requests written to one block of it. Nothing is
 * written before the disk has shown twice that it is such a meter, and then only requests that read.
 */
export const driver: Driver<z.output<typeof options>> = {
  id: "onetouch-verio",
  version: "1",
  input: "stream",
  integrity: "checksum",
  options,
  session(pace) {
    let tag = 0;
    const nextTag = () => {
      tag = (tag % 0xffffffff) + 1;
      return tag;
    };
    return memorySession({ framer: replyFramer, decode: readReply, converse: verio(nextTag), asksFirst: true }, pace);
  },
};
