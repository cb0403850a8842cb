import { crc16CcittFalse } from "../../src/driver-kit/checksums.ts";
import { blockLength, littleEndian, unsigned } from "./transport.ts";

/** `02 length-low length-high payload 03 crc-low crc-high`; the length is the whole frame's. */
const overhead = 6;

/** A frame at the beginning of a block that is filled up with zeros. */
export function frameBlock(payload: readonly number[]): Uint8Array {
  const body = Uint8Array.of(0x02, ...littleEndian(payload.length + overhead, 2), ...payload, 0x03);
  const block = new Uint8Array(blockLength);
  block.set([...body, ...littleEndian(crc16CcittFalse(body), 2)]);
  return block;
}

/** The payload of the frame at a block's beginning; nothing where there is none, or its CRC is wrong. */
export function payloadOf(block: Uint8Array): Uint8Array | undefined {
  const length = unsigned(block.subarray(1, 3));
  if (block[0] !== 0x02 || length < overhead || length > block.length || block[length - 3] !== 0x03) return undefined;
  const sum = unsigned(block.subarray(length - 2, length));
  return crc16CcittFalse(block.subarray(0, length - 2)) === sum ? block.subarray(3, length - 3) : undefined;
}
