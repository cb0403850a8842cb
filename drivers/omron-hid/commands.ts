import { xor8 } from "../../src/driver-kit/checksums.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";

/** What begins an answer with data, which their exclusive or closes. */
const head = [0x4f, 0x4b, 0x00];

/** Asks for model and firmware. */
export const version = { bytes: bytesOf("VER00"), data: 11 };

/** Asks how many readings a bank holds. */
export const count = (bank: number) => ({ bytes: withArguments("GDC", [0, bank, 0, 0]), data: 4 });

/** Asks for a reading, 0 the newest. */
export const reading = (bank: number, index: number) => ({
  bytes: withArguments("GME", [0, bank, 0, index]),
  data: 13,
});

/** Ends the conversation. The commands that erase the memory or set the clock are not in this driver. */
export const end = bytesOf("END\xff\xff");

/** A command, and how many bytes of data its answer has. */
export interface Command {
  readonly bytes: Uint8Array;
  readonly data: number;
}

function withArguments(name: string, values: readonly number[]): Uint8Array {
  return Uint8Array.of(...bytesOf(name), ...values, xor8(Uint8Array.from(values)));
}

/** The whole length of an answer with so many bytes of data. */
export const lengthOf = (data: number): number => head.length + data + 1;

export const isOk = (bytes: Uint8Array): boolean => bytes.length === 2 && bytes[0] === 0x4f && bytes[1] === 0x4b;
export const isNo = (bytes: Uint8Array): boolean => bytes.length === 2 && bytes[0] === 0x4e && bytes[1] === 0x4f;

/** The data of a whole answer; nothing where its head or its checksum is wrong. */
export function dataOf(answer: Uint8Array): Uint8Array | undefined {
  if (head.some((byte, i) => answer[i] !== byte)) return undefined;
  const data = answer.slice(head.length, -1);
  return xor8(data) === answer.at(-1) ? data : undefined;
}

/** An answer with these data, as the monitor writes it. */
export function answerWith(data: Uint8Array): Uint8Array {
  return Uint8Array.of(...head, ...data, xor8(data));
}
