import { lengthPrefixed } from "../../src/driver-kit/framers/length-prefixed.ts";
import type { Framer } from "../../src/driver-kit/framers/piece.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import type { Decoded } from "./packet.ts";

/** A packet of one length: start byte, unit byte, `D7 E4` ("no value"), the weight's digits, `0D`. */
interface FixedFormat {
  readonly starts: readonly string[];
  /** Everything after the four bytes of the header. */
  readonly rest: RegExp;
  readonly length: number;
}

/** 2595KL chair scale: ten bytes, weight `xxx.x`. */
export const chair: FixedFormat = {
  starts: ["\x02\x80\xd7\xe4", "\x02\x82\xd7\xe4"],
  rest: /^([0-9]{3}\.[0-9])\r$/,
  length: 10,
};

/** 522, 524 and 553 baby scales: twelve bytes, weight `xxx.xxx`; the start byte is `02` or `01`. */
export const baby: FixedFormat = {
  starts: ["\x02\x80\xd7\xe4", "\x02\x82\xd7\xe4", "\x01\x80\xd7\xe4", "\x01\x82\xd7\xe4"],
  rest: /^([0-9]{3}\.[0-9]{3})\r$/,
  length: 12,
};

/** Doran's “FH”, which emulates the chair scale's packet: `B0` and `B2` in the place of `80` and `82` are below zero. */
export const doran: FixedFormat = {
  ...chair,
  starts: [...chair.starts, "\x02\xb0\xd7\xe4", "\x02\xb2\xd7\xe4"],
};

/** Cuts the stream into packets of exactly the format's length; a byte too few or too many makes none. */
export function fixedFramer(format: FixedFormat): Framer {
  return lengthPrefixed({
    starts: format.starts,
    header: 4,
    total: () => format.length,
    check: (frame) => (format.rest.test(latin1(frame.subarray(4))) ? "ok" : "malformed"),
    bound: format.length,
  });
}

/** Reads a packet that `fixedFramer` has found: unit `80` is imperial (lb), `82` metric (kg), with `30` more below zero. */
export function decodeFixed(format: FixedFormat, frame: Uint8Array): Decoded {
  const digits = format.rest.exec(latin1(frame.subarray(4)))?.[1];
  if (digits === undefined) return { is: "malformed", detail: "weight is no number" };
  const unit = frame[1] ?? 0;
  if (Number(digits) === 0 || unit >= 0xb0) return { is: "no-load" };
  return { is: "packet", packet: { weight: digits, unit: unit.toString(16) } };
}
