import { type FileHandle, open, stat } from "node:fs/promises";
import type { FileSinkConfig } from "../../config/site.ts";
import { observationJson } from "../json.ts";
import type { Content, SendResult, Sink } from "../sink.ts";

/** How far back lines are looked for that may have been written before a crash: more than can be unsettled. */
const tailBytes = 32 * 1024 * 1024;

interface Waiting {
  readonly lines: string;
  readonly mayBeDuplicate: boolean;
  readonly settle: (result: SendResult) => void;
}

/**
 * Appends one JSON line per observation, and answers once they are on disk (fdatasync). What could not be written
 * whole is taken back. After a crash a line that made it is not written a second time, and a line that was cut is
 * ended, so that every whole line is one observation.
 */
export function fileSink(config: FileSinkConfig): Sink {
  const { path } = config.file;
  let file: FileHandle | undefined;
  /** Lines that stand in the file from before, once they had to be looked for. */
  let known: Set<string> | undefined;
  let waiting: Waiting[] = [];
  let writing = false;

  return {
    id: config.id,
    window: 256,
    encode: encodeLines,

    async connect() {
      try {
        await release();
        file = await open(path, "a+", 0o600);
        known = undefined;
        const { size } = await file.stat();
        const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
        if (bytesRead === 1 && buffer[0] !== 0x0a) await file.write("\n");
        return { ok: true };
      } catch (cause) {
        await release().catch(() => {});
        return failed(cause);
      }
    },

    send({ bytes, mayBeDuplicate }) {
      const lines = new TextDecoder().decode(bytes);
      return new Promise((settle) => {
        waiting.push({ lines, mayBeDuplicate, settle });
        if (!writing) void write();
      });
    },

    close: release,
  };

  async function release(): Promise<void> {
    const open = file;
    file = undefined;
    await open?.close();
  }

  /** Everything that came while a sync was under way shares the next one. */
  async function write(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const result = await append(batch);
      for (const { settle } of batch) settle(result);
    }
    writing = false;
  }

  async function append(batch: readonly Waiting[]): Promise<SendResult> {
    if (file === undefined) return { ok: false, code: "FILE_FAILED" };
    let before: number | undefined;
    try {
      const held = await file.stat();
      // Whoever collects the file may have taken it away: a line in a file that no name leads to reaches nobody.
      const named = await stat(path);
      if (named.ino !== held.ino) return { ok: false, code: "FILE_FAILED", answer: "it was moved; it is opened anew" };
      before = held.size;
      const text = await Promise.all(
        batch.map(({ lines, mayBeDuplicate }) => (mayBeDuplicate ? missing(lines) : lines)),
      );
      await file.appendFile(text.join(""));
      await file.datasync();
      return { ok: true };
    } catch (cause) {
      // Half a batch would stand there twice after the next try.
      if (before !== undefined) await file.truncate(before).catch(() => {});
      return failed(cause);
    }
  }

  /** Of these lines those that do not stand in the file. */
  async function missing(lines: string): Promise<string> {
    if (known === undefined && file !== undefined) known = new Set((await readTail(file)).split("\n"));
    return lines.replace(/.+\n/g, (line) => (known?.has(line.slice(0, -1)) ? "" : line));
  }
}

async function readTail(file: FileHandle): Promise<string> {
  const { size } = await file.stat();
  const from = Math.max(0, size - tailBytes);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
  return buffer.toString("utf8", 0, bytesRead);
}

function encodeLines(content: Content): Uint8Array {
  const lines = content.observations.map((o) => `${JSON.stringify(observationJson(o, content))}\n`);
  return new TextEncoder().encode(lines.join(""));
}

function failed(cause: unknown): SendResult {
  const code = (cause as NodeJS.ErrnoException).code;
  return { ok: false, code: "FILE_FAILED", ...(code === undefined ? {} : { answer: code }) };
}
