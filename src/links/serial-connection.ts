import { readSync, write } from "node:fs";
import { promisify } from "node:util";
import { type Connection, type ConnectionEvents, writeBound } from "./link.ts";

/** The parts of serialport's port that are used: what it opened, its wait for bytes, its end. */
interface OpenPort {
  readonly fd: number | null;
  readonly poller: {
    once(event: "readable", done: (error: unknown) => void): unknown;
    stop(): void;
  };
  flush(): Promise<void>;
  close(): Promise<void>;
}

const writeFd = promisify(write);
/** Little at a time: what a longer burst would keep the event loop from is the journal, whose every answer takes a turn. */
const readSize = 512;
/** How long a full output buffer is left alone. */
const retryWriteMs = 20;

/**
 * Reads and writes an open serial port. serialport's own reading takes a read of no bytes for "try again": unplugged in
 * the middle of a burst, it spins at full load and never says that the port is gone. And it waits for readable and
 * writable with one watch that holds only the later of the two. So the bytes go by here.
 */
export class SerialConnection implements Connection {
  readonly name: string;
  readonly notes: readonly string[];
  readonly #port: OpenPort;
  #events: ConnectionEvents | undefined;
  #closing = false;
  #reading: Promise<void> = Promise.resolve();
  #writing: Promise<void> | undefined;
  #blocked = false;
  #outgoing: Uint8Array[] = [];
  #outgoingBytes = 0;
  #gate: { readonly passed: Promise<void>; readonly open: () => void } | undefined;

  constructor(port: OpenPort, name: string, notes: readonly string[]) {
    this.#port = port;
    this.name = name;
    this.notes = notes;
  }

  start(events: ConnectionEvents): void {
    this.#events = events;
    this.#reading = this.#read(events);
  }

  write(bytes: Uint8Array): void {
    if (this.#closing || bytes.length === 0) return;
    this.#outgoing.push(bytes);
    this.#outgoingBytes += bytes.length;
    if (this.#outgoingBytes > writeBound) this.#lose("the instrument takes no bytes");
    else this.#writing ??= this.#pump();
  }

  pause(): void {
    if (this.#gate !== undefined) return;
    let open = () => {};
    const passed = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.#gate = { passed, open };
  }

  resume(): void {
    this.#gate?.open();
    this.#gate = undefined;
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    await this.#release();
  }

  async #read(events: ConnectionEvents): Promise<void> {
    const buffer = new Uint8Array(readSize);
    while (!this.#closing) {
      const broken = await this.#readable();
      if (this.#gate !== undefined) await this.#gate.passed;
      if (this.#closing) return;
      const got = broken ?? this.#readNow(buffer);
      if (typeof got === "string") return this.#lose(got);
      // After a hang-up every read gives no bytes; a quiet port says EAGAIN instead.
      if (got === 0) return this.#lose("unplugged");
      if (got > 0) events.data(buffer.slice(0, got));
    }
  }

  /** Waits for bytes; what broke, if something did. */
  #readable(): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#port.poller.once("readable", (error) => resolve(error ? "unplugged" : undefined));
    });
  }

  /**
   * The number of bytes read; -1 if there were none after all; or what broke. The port was opened so that no read ever
   * waits, and a thread for each would cost more than the read.
   */
  #readNow(buffer: Uint8Array): number | string {
    const fd = this.#port.fd;
    if (fd === null) return "closed";
    try {
      return readSync(fd, buffer, 0, buffer.length, null);
    } catch (error) {
      return isTryAgain(error) ? -1 : codeOf(error);
    }
  }

  async #pump(): Promise<void> {
    while (this.#outgoing.length > 0) {
      const fd = this.#port.fd;
      if (fd === null) break;
      // All that waits goes in one write: an acknowledgement each would cost a system call each.
      const bytes = this.#outgoing.length === 1 ? this.#outgoing[0] : Buffer.concat(this.#outgoing);
      if (bytes === undefined) break;
      this.#outgoing = [bytes];
      let written = 0;
      try {
        written = (await writeFd(fd, bytes)).bytesWritten;
      } catch (error) {
        if (!isTryAgain(error)) {
          this.#lose(codeOf(error));
          break;
        }
      }
      this.#took(bytes, written);
      this.#blocked = written === 0;
      if (this.#blocked) {
        if (this.#closing) break;
        await new Promise((resolve) => setTimeout(resolve, retryWriteMs));
      }
    }
    this.#writing = undefined;
  }

  /** So much of the first bytes that wait was taken; more may have been added behind them meanwhile. */
  #took(bytes: Uint8Array, written: number): void {
    this.#outgoingBytes -= written;
    if (this.#outgoing[0] !== bytes) return;
    if (written === bytes.length) this.#outgoing.shift();
    else this.#outgoing[0] = bytes.subarray(written);
  }

  #lose(detail: string): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#outgoing = [];
    void this.#release().then(() => this.#events?.closed({ reason: "lost", detail }));
  }

  /** Closes the descriptor only once no read or write of it is under way: its number may be another file's next. */
  async #release(): Promise<void> {
    this.resume();
    this.#port.poller.stop();
    await Promise.all([this.#reading, this.#writing]);
    // close(2) waits up to 30 s for a port whose far end takes no bytes.
    if (this.#blocked) await this.#port.flush().catch(() => {});
    await this.#port.close().catch(() => {});
  }
}

function isTryAgain(error: unknown): boolean {
  const code = codeOf(error);
  return code === "EAGAIN" || code === "EWOULDBLOCK" || code === "EINTR";
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
