import { crc16CcittFalse } from "../../src/driver-kit/checksums.ts";
import { uartReports } from "../../src/driver-kit/cp2110.ts";
import type { Framer } from "../../src/driver-kit/framers/piece.ts";
import { search, type Verdict } from "../../src/driver-kit/framers/search.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

/** What a meter answers: a byte to a ping, which tells its protocol, or a frame. */
export type Reply =
  | { readonly is: "protocol"; readonly byte: number }
  | { readonly is: "frame"; readonly command: string; readonly payload: Uint8Array };

/** The bytes that tell a meter's protocol. */
export const protocols = { flash: 0x20, frames: 0x2e, unsupported: 0x2f } as const;
const protocolBytes: readonly number[] = Object.values(protocols);

/** Results come without a CRC that would be right. */
const unguarded = "GLUE";

/** `02 "iSPc" length command payload crc-high crc-low 03`; the length counts from the command to the end. */
const start = bytesOf("\x02iSPc");
const end = 0x03;
const header = start.length + 1;
const overhead = 4 + 2 + 1;

export function replyFramer(): Framer {
  return uartReports(
    search({
      bound: header + 255,
      judge(view): Verdict {
        const first = view[0] ?? 0;
        if (protocolBytes.includes(first)) return { is: "frame", length: 1 };
        const there = Math.min(start.length, view.length);
        for (let i = 0; i < there; i++) if (view[i] !== start[i]) return { is: "none", length: 1 };
        if (view.length < header) return { is: "more" };
        const length = view[start.length] ?? 0;
        if (length < overhead) return { is: "none", length: 1 };
        const total = header + length;
        if (view.length < total) return { is: "more" };
        const frame = view.subarray(0, total);
        if (frame.at(-1) !== end) return { is: "bad", length: total, reason: "malformed" };
        const sound = latin1(frame.subarray(header, header + 4)) === unguarded || crcIsRight(frame);
        return sound ? { is: "frame", length: total } : { is: "bad", length: total, reason: "checksum" };
      },
    }),
  );
}

/** CRC-16/CCITT-FALSE over the frame without the CRC itself, high byte first. */
function crcIsRight(frame: Uint8Array): boolean {
  const crc = crc16CcittFalse(Uint8Array.of(...frame.subarray(0, -3), end));
  return frame.at(-3) === crc >> 8 && frame.at(-2) === (crc & 0xff);
}

export function decodeReply(frame: Uint8Array): Reply {
  if (frame.length === 1) return { is: "protocol", byte: frame[0] ?? 0 };
  return {
    is: "frame",
    command: latin1(frame.subarray(header, header + 4)),
    payload: frame.subarray(header + 4, -3),
  };
}

/** A frame as it goes over the line. */
export function encodeFrame(command: string, payload: readonly number[] = []): Uint8Array {
  const body = [...start, overhead + payload.length, ...bytesOf(command), ...payload];
  const crc = crc16CcittFalse(Uint8Array.of(...body, end));
  return Uint8Array.of(...body, crc >> 8, crc & 0xff, end);
}
