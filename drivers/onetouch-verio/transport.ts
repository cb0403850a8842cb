import type { Framer } from "../../src/driver-kit/framers/piece.ts";
import { type Grammar, markAt, search, type Verdict } from "../../src/driver-kit/framers/search.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";

/** USB Mass Storage Class, Bulk-Only Transport 1.0: a command wrapper out, data, a status wrapper in. */

/** A block of the disk, in bytes. */
export const blockLength = 512;
/** What INQUIRY is asked for and answered with. */
export const inquiryLength = 36;

/** What a command was answered with: its data, and the status wrapper after it. */
export interface Reply {
  readonly data: Uint8Array;
  /** The number of the command that it answers. */
  readonly tag: number;
  /** How much less than asked for was carried, in bytes. */
  readonly residue: number;
  /** 0 where the command was carried out. */
  readonly status: number;
}

const statusMark = bytesOf("USBS");
const statusLength = 13;
const commandLength = 31;

/**
 * Replies: no data, an INQUIRY's or a block, each with the status wrapper behind it. Bytes that have none where it should
 * be are no reply.
 */
export function replyFramer(): Framer {
  const lengths = [0, inquiryLength, blockLength];
  const grammar: Grammar = {
    bound: blockLength + statusLength,
    judge(view): Verdict {
      for (const length of lengths) {
        const mark = markAt(view, length, statusMark);
        if (mark === "no") continue;
        return mark === "whole" && view.length >= length + statusLength
          ? { is: "frame", length: length + statusLength }
          : { is: "more" };
      }
      return { is: "none", length: 1 };
    },
  };
  return search(grammar);
}

/** Reads a frame of `replyFramer`; nothing where its status is none of the standard's. */
export function readReply(frame: Uint8Array): Reply | undefined {
  const wrapper = frame.subarray(-statusLength);
  const status = wrapper[12] ?? 0xff;
  if (status > 2) return undefined;
  const data = frame.subarray(0, -statusLength);
  return { data, tag: unsigned(wrapper.subarray(4, 8)), residue: unsigned(wrapper.subarray(8, 12)), status };
}

/** Asks what kind of device it is: INQUIRY. */
export function inquiry(tag: number): Uint8Array {
  return command(tag, inquiryLength, "in", [0x12, 0, 0, 0, inquiryLength, 0]);
}

/** Reads one block: READ(10), with no option set, for the meters refuse them. */
export function readBlock(tag: number, block: number): Uint8Array {
  return command(tag, blockLength, "in", [0x28, 0, 0, 0, 0, block, 0, 0, 1, 0]);
}

/** Announces one block to be written: WRITE(10). The block follows as a transfer of its own. */
export function writeBlock(tag: number, block: number): Uint8Array {
  return command(tag, blockLength, "out", [0x2a, 0, 0, 0, 0, block, 0, 0, 1, 0]);
}

function command(tag: number, length: number, way: "in" | "out", block: readonly number[]): Uint8Array {
  const wrapper = new Uint8Array(commandLength);
  wrapper.set(bytesOf("USBC"));
  wrapper.set(littleEndian(tag, 4), 4);
  wrapper.set(littleEndian(length, 4), 8);
  wrapper.set([way === "in" ? 0x80 : 0, 0, block.length, ...block], 12);
  return wrapper;
}

/** A number, low byte first. */
export function unsigned(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}

/** Two or four bytes of a number, low byte first. */
export function littleEndian(value: number, width: 2 | 4): readonly number[] {
  return Array.from({ length: width }, (_, i) => Math.floor(value / 256 ** i) % 256);
}
