import { type FileHandle, open } from "node:fs/promises";
import type { FileSinkConfig } from "../../config/site.ts";
import { observationJson } from "../json.ts";
import type { Content, SendResult, Sink } from "../sink.ts";

/** How far back a line is looked for that may have been written before a crash. */
const tailBytes = 1024 * 1024;

interface Waiting {
  readonly lines: string;
  readonly settle: (result: SendResult) => void;
}

/**
 * Appends one JSON line per observation, and answers once they are on disk (fdatasync). After a crash a line that
 * made it is not written a second time, and a line that was cut is ended, so that every whole line is one observation.
 */
export function fileSink(config: FileSinkConfig): Sink {
  let file: FileHandle | undefined;
  let tail = "";
  let waiting: Waiting[] = [];
  let writing = false;

  return {
    id: config.id,
    window: 256,
    encode: encodeLines,

    async connect() {
      try {
        await file?.close();
        file = await open(config.file.path, "a+", 0o600);
        tail = await readTail(file);
        if (tail !== "" && !tail.endsWith("\n")) await file.write("\n");
        return { ok: true };
      } catch (cause) {
        file = undefined;
        return failed(cause);
      }
    },

    send({ bytes, mayBeDuplicate }) {
      const text = new TextDecoder().decode(bytes);
      const lines = mayBeDuplicate ? text.replace(/.+\n/g, (line) => (tail.includes(line) ? "" : line)) : text;
      return new Promise((settle) => {
        waiting.push({ lines, settle });
        if (!writing) void write();
      });
    },

    async close() {
      await file?.close();
      file = undefined;
    },
  };

  /** Everything that came while a sync was under way shares the next one. */
  async function write(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const result = await append(batch.map((w) => w.lines).join(""));
      for (const { settle } of batch) settle(result);
    }
    writing = false;
  }

  async function append(lines: string): Promise<SendResult> {
    try {
      if (file === undefined) return { ok: false, code: "FILE_FAILED" };
      if (lines !== "") await file.appendFile(lines);
      await file.datasync();
      return { ok: true };
    } catch (cause) {
      return failed(cause);
    }
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
