import { closeSync, openSync, writeSync } from "node:fs";
import type { Recording } from "../../devices/recorder.ts";
import { type CaptureHead, type CaptureLine, formatHead, formatLine } from "../../driver-kit/capture.ts";

/** A recording into one file of its own, and what is seen of it as it is made. */
export interface CaptureFile extends Recording {
  readonly bytes: number;
}

/** Who is told what happens to a capture file: each line as it is written, and once if it cannot be. */
export interface CaptureWatcher {
  seen(line: CaptureLine): void;
  failed(error: unknown): void;
}

/**
 * Starts a capture file, readable by its owner alone, for it may hold a patient's values. Throws where the file is
 * there already or cannot be made: a capture replaces nothing.
 */
export function captureFile(path: string, head: CaptureHead, watcher: CaptureWatcher): CaptureFile {
  const file = openSync(path, "wx", 0o600);
  let bytes = 0;
  let lastMs = 0;
  let open = true;
  const write = (line: CaptureLine): void => {
    if (!open) return;
    lastMs = line.ms;
    try {
      writeSync(file, `${formatLine(line)}\n`);
    } catch (error) {
      open = false;
      closeSync(file);
      watcher.failed(error);
      return;
    }
    watcher.seen(line);
  };
  // Lines stand in the order of their times.
  const at = (ms: number): number => Math.max(lastMs, Math.round(ms));
  writeSync(file, `${formatHead(head)}\n`);
  return {
    get bytes() {
      return bytes;
    },
    in(ms, piece) {
      bytes += piece.length;
      write({ ms: at(ms), in: piece });
    },
    out: (ms, piece) => write({ ms: at(ms), out: piece }),
    end(ms) {
      if (!open) return;
      write({ ms: at(ms), event: "end" });
      if (open) closeSync(file);
      open = false;
    },
  };
}
