import type { Framer } from "../../src/driver-kit/framers/piece.ts";
import { search, type Verdict } from "../../src/driver-kit/framers/search.ts";
import { type Measured, measured } from "./measured.ts";

const frames = 25;
const frameLength = 5;
const length = frames * frameLength;

/** Bits of each frame's status byte; bit 7 is always set, and SYNC in the first frame of a packet alone. */
const bits = { disconnected: 0x40, artifact: 0x20, outOfTrack: 0x10, alarm: 0x08, red: 0x04, green: 0x02, sync: 0x01 };
const stat2 = { smartPoint: 0x20, lowBattery: 0x01 };

/** Where a format's frames hold their status, and what they begin with. */
interface Layout {
  readonly status: number;
  readonly start?: number;
}

/** Format 2: `01 STATUS PLETH FLOAT CHK`. */
export const format2: Layout = { status: 1, start: 0x01 };
/** Format 7: `STATUS PLETH_MSB PLETH_LSB FLOAT CHK`. */
export const format7: Layout = { status: 0 };

/** Cuts packets of 25 frames, three a second, in which every frame has its place and its checksum. */
export function packetFramer({ status, start }: Layout): Framer {
  return search({
    bound: length,
    judge(view): Verdict {
      for (let frame = 0; frame < frames; frame++) {
        const at = frame * frameLength;
        const first = frame === 0 ? 1 : frameLength;
        if (start !== undefined && (view[at] ?? start) !== start) return misplaced(at + 1, first);
        const flags = view[at + status];
        if (flags === undefined) return { is: "more" };
        const synced = (flags & bits.sync) !== 0;
        if ((flags & 0x80) === 0 || synced !== (frame === 0)) return misplaced(at + status + 1, first);
        if (view.length < at + frameLength) return { is: "more" };
        const sum = (view[at] ?? 0) + (view[at + 1] ?? 0) + (view[at + 2] ?? 0) + (view[at + 3] ?? 0);
        if ((sum & 0xff) !== view[at + 4]) return { is: "bad", length: at + frameLength, reason: "checksum" };
      }
      return { is: "frame", length };
    },
  });
}

/** What cannot begin a packet is noise; what breaks off within one is a packet that was cut. */
function misplaced(length: number, first: number): Verdict {
  return first === 1 ? { is: "none", length: 1 } : { is: "bad", length, reason: "cut" };
}

/** Reads the values for display, which the oximeter's own screen shows: pulse of frames 20 and 21, SpO2 of frame 9. */
export function decodePacket({ status }: Layout, packet: Uint8Array): Measured {
  const float = (frame: number) => packet[(frame - 1) * frameLength + 3] ?? 0;
  const statuses = Array.from({ length: frames }, (_, i) => packet[i * frameLength + status] ?? 0);
  const some = (bit: number) => statuses.some((one) => (one & bit) !== 0);
  const perfusion = (one: number) => one & (bits.red | bits.green);
  const quality = float(8);
  return measured(((float(20) & 0x03) << 7) | (float(21) & 0x7f), float(9), {
    off: some(bits.disconnected) || some(bits.alarm),
    doubtful: some(bits.artifact) || some(bits.outOfTrack) || statuses.some((one) => perfusion(one) === bits.red),
    flags: [
      ...(statuses.some((one) => perfusion(one) === (bits.red | bits.green)) ? ["yellow perfusion"] : []),
      ...((quality & stat2.smartPoint) === 0 ? [] : ["SmartPoint"]),
      ...((quality & stat2.lowBattery) === 0 ? [] : ["low battery"]),
    ],
  });
}
