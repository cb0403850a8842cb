import { mkdirSync, readdirSync, statSync } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { type CaptureHead, type CaptureLine, formatHead, formatLine } from "../driver-kit/capture.ts";
import type { Rounds } from "./rounds.ts";

/** What passes on one connection, written down. Times in milliseconds since it was opened. */
export interface Recording {
  in(ms: number, bytes: Uint8Array): void;
  out(ms: number, bytes: Uint8Array): void;
  end(ms: number): void;
}

/** The head of a recording, and whether its `in`s are reports, which must stay apart. */
export interface RecordingStart {
  readonly head: CaptureHead & { readonly session: string };
  readonly reports: boolean;
}

/** So long what passed may wait to be written. */
export const flushAfterMs = 5000;
const flushBytes = 32 * 1024;
/** Bytes that may wait for a slow disk before a recording is given up. */
const waitingBytes = 1024 * 1024;
/** A flapping port makes a file each time; of so many the oldest go. */
const mostFiles = 64;

/**
 * The flight recorder of one device: what passed, as captures that `replay` and the drivers' tests read. One file a
 * session and part, `SESSION-OFFSET.jsonl`, where the offset is that of its first byte in the session's input: so the
 * bytes behind an observation are found by its evidence. The oldest files go before the folder grows beyond its bound.
 *
 * It holds patient data: readable by the service alone. It is no journal: written every few seconds, never fsynced, and
 * a failing disk ends the recording, not the reading.
 */
export class Recorder {
  readonly #folder: string;
  readonly #mostBytes: number;
  readonly #rounds: Rounds;
  readonly #failed: (cause: string) => void;
  /** Oldest first. */
  readonly #files: { readonly path: string; bytes: number }[] = [];
  #work: Promise<void> = Promise.resolve();

  /**
   * @param rounds those of {@link flushAfterMs}.
   * @param failed is told the error code when something could not be written.
   */
  constructor(folder: string, mostBytes: number, rounds: Rounds, failed: (cause: string) => void = () => {}) {
    this.#folder = folder;
    this.#mostBytes = mostBytes;
    this.#rounds = rounds;
    this.#failed = failed;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const names = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
      const found = names.map((name) => join(folder, name)).map((path) => ({ path, stat: statSync(path) }));
      found.sort((a, b) => a.stat.mtimeMs - b.stat.mtimeMs);
      this.#files.push(...found.map(({ path, stat }) => ({ path, bytes: stat.size })));
    } catch (error) {
      failed(codeOf(error));
    }
  }

  /** Starts the recording of a session. It makes no file before there is something to write. */
  record(start: RecordingStart): Recording {
    return new SessionRecording(start, this.#rounds, {
      partBytes: Math.max(4096, Math.floor(this.#mostBytes / 4)),
      open: (from) => this.#open(start, from),
      write: (file, text) => this.#write(file, text),
      queue: (work) => this.#queue(work),
    });
  }

  /** Resolves once everything recorded so far is written. */
  written(): Promise<void> {
    return this.#work;
  }

  #queue(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => this.#failed(codeOf(error)));
  }

  async #open(start: RecordingStart, from: number): Promise<RecordingFile> {
    const path = join(this.#folder, `${start.head.session}-${from}.jsonl`);
    const entry = { path, bytes: 0 };
    this.#files.push(entry);
    return { handle: await open(path, "a", 0o600), entry };
  }

  async #write(file: RecordingFile, text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    let total = this.#files.reduce((sum, { bytes }) => sum + bytes, 0) + bytes.length;
    while ((total > this.#mostBytes || this.#files.length > mostFiles) && this.#files[0] !== file.entry) {
      const oldest = this.#files.shift();
      if (oldest === undefined) break;
      total -= oldest.bytes;
      await rm(oldest.path, { force: true });
    }
    await file.handle.write(bytes);
    file.entry.bytes += bytes.length;
  }
}

interface RecordingFile {
  readonly handle: FileHandle;
  readonly entry: { readonly path: string; bytes: number };
}

interface Disk {
  readonly partBytes: number;
  open(from: number): Promise<RecordingFile>;
  write(file: RecordingFile, text: string): Promise<void>;
  queue(work: () => Promise<void>): void;
}

class SessionRecording implements Recording {
  readonly #start: RecordingStart;
  readonly #rounds: Rounds;
  readonly #disk: Disk;
  #file: RecordingFile | undefined;
  #lines: CaptureLine[] = [];
  /** Bytes in `#lines`, and in lines that are being written. */
  #pending = 0;
  #waiting = 0;
  /** Offset in the session's input of the first byte of `#lines`, and of the next to come. */
  #from = 0;
  #offset = 0;
  #cancelFlush: (() => void) | undefined;
  #givenUp = false;

  constructor(start: RecordingStart, rounds: Rounds, disk: Disk) {
    this.#start = start;
    this.#rounds = rounds;
    this.#disk = disk;
  }

  in(ms: number, bytes: Uint8Array): void {
    this.#offset += bytes.length;
    this.#add({ ms, in: bytes }, bytes.length);
  }

  out(ms: number, bytes: Uint8Array): void {
    this.#add({ ms, out: bytes }, bytes.length);
  }

  end(ms: number): void {
    this.#add({ ms, event: "end" }, 0);
    this.#flush();
    this.#disk.queue(async () => {
      await this.#file?.handle.close();
      this.#file = undefined;
    });
    this.#givenUp = true;
  }

  #add(line: CaptureLine, bytes: number): void {
    if (this.#givenUp) return;
    this.#lines.push(line);
    this.#pending += bytes;
    if (this.#pending >= flushBytes) this.#flush();
    else this.#cancelFlush ??= this.#rounds.join(() => this.#flush());
  }

  #flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    const lines = this.#lines;
    const bytes = this.#pending;
    const from = this.#from;
    if (lines.length === 0) return;
    this.#lines = [];
    this.#pending = 0;
    this.#from = this.#offset;
    this.#waiting += bytes;
    if (this.#waiting > waitingBytes) this.#givenUp = true;
    this.#disk.queue(async () => {
      try {
        await this.#write(from, lines);
      } catch (error) {
        this.#givenUp = true;
        throw error;
      } finally {
        this.#waiting -= bytes;
      }
    });
  }

  async #write(from: number, lines: readonly CaptureLine[]): Promise<void> {
    let text = "";
    if (this.#file === undefined) {
      if (lines.every((line) => "event" in line)) return;
      this.#file = await this.#disk.open(from);
      text = `${formatHead(this.#start.head)}\n`;
    }
    for (const line of this.#start.reports ? lines : joinedByMs(lines)) text += `${formatLine(line)}\n`;
    await this.#disk.write(this.#file, text);
    if (this.#file.entry.bytes < this.#disk.partBytes) return;
    await this.#file.handle.close();
    this.#file = undefined;
  }
}

/** Pieces of a stream that came in the same millisecond are one: fewer bytes on the card. */
function joinedByMs(lines: readonly CaptureLine[]): readonly CaptureLine[] {
  const joined: CaptureLine[] = [];
  for (const line of lines) {
    const last = joined.at(-1);
    if (last !== undefined && "in" in last && "in" in line && last.ms === line.ms) {
      joined[joined.length - 1] = { ms: line.ms, in: concat(last.in, line.in) };
    } else joined.push(line);
  }
  return joined;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
