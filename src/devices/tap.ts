import { type CaptureLine, formatHead, formatLine } from "../driver-kit/capture.ts";
import type { Recording, RecordingStart } from "./recorder.ts";

/** What passes at one device, shown to whoever looks on, as the lines of a capture file. */
export class Tap {
  readonly #listeners = new Set<(line: string) => void>();
  #present: RecordingStart | undefined;

  /**
   * Tells each line from now on, without line feed; first the head of the session that is open, and later that of each
   * further one. The function that it answers ends it.
   */
  listen(listener: (line: string) => void): () => void {
    this.#listeners.add(listener);
    if (this.#present !== undefined) listener(formatHead(this.#present.head));
    return () => this.#listeners.delete(listener);
  }

  /** Shows what is recorded. */
  over(recording: Recording, start: RecordingStart): Recording {
    this.#present = start;
    this.#tell(() => formatHead(start.head));
    const tell = (line: CaptureLine) => this.#tell(() => formatLine(line));
    return {
      in: (ms, bytes) => {
        tell({ ms, in: bytes });
        recording.in(ms, bytes);
      },
      out: (ms, bytes) => {
        tell({ ms, out: bytes });
        recording.out(ms, bytes);
      },
      end: (ms) => {
        tell({ ms, event: "end" });
        recording.end(ms);
        this.#present = undefined;
      },
    };
  }

  #tell(line: () => string): void {
    if (this.#listeners.size === 0) return;
    const text = line();
    for (const listener of this.#listeners) listener(text);
  }
}
