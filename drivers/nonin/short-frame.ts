import type { Framer } from "../../src/driver-kit/framers/piece.ts";
import { search, type Verdict } from "../../src/driver-kit/framers/search.ts";
import { type Measured, measured } from "./measured.ts";

/** Bits of the first byte beside bit 7 and the pulse's two. Bit 6 is not documented: a frame with it is not used. */
const bits = { undocumented: 0x40, outOfTrack: 0x20, low: 0x10, marginal: 0x08, artifact: 0x04 };
/** Bits of format 8's fourth byte. */
const fourth = { smartPoint: 0x20, alarm: 0x08, lowBattery: 0x01 };

/** Cuts frames of 3 bytes (format 1) or 4 (format 8), once a second: bit 7 is set in the first byte alone. No checksum. */
export function shortFramer(length: 3 | 4): Framer {
  return search({
    bound: length,
    judge(view): Verdict {
      if (((view[0] ?? 0) & 0x80) === 0) return { is: "none", length: 1 };
      for (let i = 1; i < length; i++) {
        const byte = view[i];
        if (byte === undefined) return { is: "more" };
        if ((byte & 0x80) !== 0) return { is: "cut", length: i };
      }
      return { is: "frame", length };
    },
  });
}

/** Format 1 has no fourth byte, and so does not say that the finger is out. */
export function decodeShort(frame: Uint8Array): Measured {
  const [first = 0, pulse = 0, saturation = 0, more = 0] = frame;
  const has = (bit: number) => (first & bit) !== 0;
  return measured(((first & 0x03) << 7) | pulse, saturation, {
    off: has(bits.undocumented) || (more & fourth.alarm) !== 0,
    doubtful: has(bits.outOfTrack) || has(bits.artifact),
    flags: [
      ...(has(bits.low) ? ["low perfusion"] : []),
      ...(has(bits.marginal) ? ["marginal perfusion"] : []),
      ...((more & fourth.smartPoint) === 0 ? [] : ["SmartPoint"]),
      ...((more & fourth.lowBattery) === 0 ? [] : ["low battery"]),
    ],
  });
}
