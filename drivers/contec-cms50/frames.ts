import type { Framer } from "../../src/driver-kit/framers/piece.ts";
import { search, type Verdict } from "../../src/driver-kit/framers/search.ts";

/** Frames of the older models: five bytes, about 60 a second, bit 7 set in the first alone. */
export function oldFramer(): Framer {
  const length = 5;
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

/** The packets that the oximeter sends, by type, with their whole length. Contec Protocol V7.0. */
const lengths: Readonly<Record<number, number>> = {
  1: 9, // realtime
  4: 9, // device id
  5: 9, // user
  7: 8, // storage start, date
  8: 8, // storage length
  9: 6, // storage with perfusion index
  10: 4, // number of storage segments
  11: 4, // answer to a command
  12: 2, // free answer
  13: 3, // disconnect notice
  14: 3, // whether there is a perfusion index
  15: 8, // storage
  16: 3, // number of users
  17: 9, // device notice
  18: 8, // storage start, time
  21: 9, // storage identifiers
};

/** Packets of Protocol V7.0: a type below 80 hex, then bytes of 80 hex and above. No checksum. */
export function v7Framer(): Framer {
  return search({
    bound: 9,
    judge(view): Verdict {
      const length = lengths[view[0] ?? 0];
      if (length === undefined) return { is: "none", length: 1 };
      for (let i = 1; i < length; i++) {
        const byte = view[i];
        if (byte === undefined) return { is: "more" };
        if ((byte & 0x80) === 0) return { is: "cut", length: i };
      }
      return { is: "frame", length };
    },
  });
}

/** The data bytes of a V7 packet with their bit 7, which the second byte holds for all of them. */
export function unpacked(packet: Uint8Array): Uint8Array {
  const high = packet[1] ?? 0;
  return packet.slice(2).map((byte, i) => (byte & 0x7f) | (((high >> i) & 1) << 7));
}
