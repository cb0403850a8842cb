import { readFile } from "node:fs/promises";
import { type CaptureLine, parseCapture } from "../driver-kit/capture.ts";
import { type Connection, type ConnectionEvents, type Link, notOpened, type Opened } from "./link.ts";

/** Raw bytes are handed over in pieces of this size. */
const pieceSize = 4096;

/**
 * A file in an instrument's place: a recording (`.jsonl`) or raw bytes, played once and then ended. At real speed a
 * recording keeps its times; at full speed everything comes as fast as it is taken. What is written to it is dropped.
 */
export function fileLink(path: string, speed: "real" | "full"): Link {
  return { name: path, passive: false, open: () => openFile(path, speed), dispose: () => {} };
}

async function openFile(path: string, speed: "real" | "full"): Promise<Opened> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return notOpened(code === "EACCES" ? "PORT_DENIED" : "PORT_MISSING", `${path}: ${code}`);
  }
  if (!path.endsWith(".jsonl")) return { ok: true, connection: new FileConnection(path, inPieces(bytes), "full") };
  const parsed = parseCapture(new TextDecoder().decode(bytes));
  if (!parsed.ok) return notOpened("PORT_SETTINGS", `${path} is no recording: line ${parsed.line} ${parsed.problem}`);
  return { ok: true, connection: new FileConnection(path, parsed.capture.lines, speed) };
}

function inPieces(bytes: Uint8Array): readonly CaptureLine[] {
  const count = Math.ceil(bytes.length / pieceSize);
  return Array.from({ length: count }, (_, i) => ({
    ms: 0,
    in: bytes.subarray(i * pieceSize, (i + 1) * pieceSize),
  }));
}

class FileConnection implements Connection {
  readonly name: string;
  readonly notes: readonly string[] = [];
  readonly #lines: readonly CaptureLine[];
  readonly #speed: "real" | "full";
  #events: ConnectionEvents | undefined;
  #next = 0;
  #playedMs = 0;
  #paused = false;
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(name: string, lines: readonly CaptureLine[], speed: "real" | "full") {
    this.name = name;
    this.#lines = lines;
    this.#speed = speed;
  }

  start(events: ConnectionEvents): void {
    this.#events = events;
    this.#schedule();
  }

  write(): void {}

  pause(): void {
    this.#paused = true;
    this.#cancel?.();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#schedule();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel?.();
  }

  #schedule(): void {
    if (this.#closed || this.#paused || this.#events === undefined) return;
    const wait = this.#speed === "real" ? (this.#lines[this.#next]?.ms ?? this.#playedMs) - this.#playedMs : 0;
    if (wait > 0) {
      const timer = setTimeout(() => this.#play(), wait);
      this.#cancel = () => clearTimeout(timer);
    } else {
      const turn = setImmediate(() => this.#play());
      this.#cancel = () => clearImmediate(turn);
    }
  }

  #play(): void {
    const line = this.#lines[this.#next];
    if (line === undefined) {
      this.#closed = true;
      this.#events?.closed({ reason: "ended" });
      return;
    }
    this.#next += 1;
    this.#playedMs = line.ms;
    if ("in" in line) this.#events?.data(line.in);
    this.#schedule();
  }
}
