import { type CaptureHead, type CaptureLine, parseCapture } from "../../driver-kit/capture.ts";

/** How long time goes on after the last byte of raw input, so that every alarm of a driver rings. */
const restMs = 600_000;

/** Bytes as lines that can be replayed, or what is wrong with the file, in words. */
export type Read =
  | { readonly ok: true; readonly head?: CaptureHead; readonly lines: readonly CaptureLine[] }
  | { readonly ok: false; readonly why: string };

/** Takes a recorder's file by its first line for what it is, and everything else for the instrument's raw bytes. */
export function readCapture(bytes: Uint8Array): Read {
  const text = new TextDecoder().decode(bytes);
  if (!/^\s*\{\s*"capture"/.test(text))
    return {
      ok: true,
      lines: [
        { ms: 0, in: bytes },
        { ms: restMs, event: "end" },
      ],
    };
  const parsed = parseCapture(text);
  if (!parsed.ok) return { ok: false, why: `line ${parsed.line} ${parsed.problem}` };
  return { ok: true, head: parsed.capture.head, lines: parsed.capture.lines };
}
