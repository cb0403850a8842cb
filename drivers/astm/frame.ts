import { astmSum } from "../../src/driver-kit/checksums.ts";
import type { Span } from "../../src/driver-kit/contract.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";
import { ETB, ETX } from "./control.ts";

/** One LIS01 frame whose checksum was right. */
export interface Frame {
  /** 0 to 7. */
  readonly number: number;
  /** What stands between the number and ETX or ETB: one Latin-1 character a byte, not yet decoded. */
  readonly text: string;
  /** ETX: the text ends here. With ETB it goes on in the next frame. ETX is never the end of a message. */
  readonly last: boolean;
  /** From STX to the last byte of the frame's end. */
  readonly span: Span;
  /** Offset of the text's first byte in the session's input. */
  readonly textFrom: number;
  /** How it broke the standard and was read all the same. */
  readonly remarks: readonly string[];
}

/** The longest text that LIS01 allows in one frame. */
export const STANDARD_TEXT = 240;

/** The bytes of a frame, STX to LF. */
export function encodeFrame(number: number, text: string, last = true): Uint8Array {
  const summed = `${number}${text}${String.fromCharCode(last ? ETX : ETB)}`;
  return bytesOf(`\x02${summed}${astmSum(bytesOf(summed))}\r\n`);
}

/** Whether a frame is the other one sent again. */
export function sameFrame(one: Frame, other: Frame): boolean {
  return one.number === other.number && one.last === other.last && one.text === other.text;
}
