import type { Socket } from "node:net";
import { type Connection, type ConnectionEvents, writeBound } from "./link.ts";

/** What is told of an ending by which the far end hung up in order. */
export const closedByFarEnd = "closed by the far end";

/** A quiet connection is probed after this long, and is lost after ten more seconds without an answer. */
const keepAliveAfterMs = 10_000;
/** How long the far end may take to accept the last bytes. */
const lastBytesMs = 500;

/** A TCP connection that has been made, in either direction. The socket must be paused, or not read yet. */
export class SocketConnection implements Connection {
  readonly name: string;
  readonly notes: readonly string[] = [];
  readonly #socket: Socket;
  readonly #gone: Promise<void>;
  #detail: string | undefined;
  #closing = false;

  constructor(socket: Socket, name: string) {
    this.#socket = socket;
    this.name = name;
    socket.setNoDelay(true);
    // Without it a peer that lost its power looks connected for ever.
    socket.setKeepAlive(true, keepAliveAfterMs);
    socket.on("error", (error: NodeJS.ErrnoException) => {
      this.#detail = error.code ?? error.message;
    });
    this.#gone = new Promise((resolve) => {
      if (socket.closed) resolve();
      else socket.once("close", () => resolve());
    });
  }

  start(events: ConnectionEvents): void {
    this.#socket.on("data", (bytes: Uint8Array) => {
      if (!this.#closing) events.data(bytes);
    });
    void this.#gone.then(() => {
      if (this.#closing) return;
      this.#closing = true;
      events.closed({ reason: "lost", detail: this.#detail ?? closedByFarEnd });
    });
    this.#socket.resume();
  }

  write(bytes: Uint8Array): void {
    if (this.#closing || this.#socket.destroyed) return;
    this.#socket.write(bytes);
    if (this.#socket.writableLength <= writeBound) return;
    this.#detail = "the instrument takes no bytes";
    this.#socket.destroy();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (!this.#socket.destroyed) {
      const patience = setTimeout(() => this.#socket.destroy(), lastBytesMs);
      this.#socket.destroySoon();
      await this.#gone;
      clearTimeout(patience);
    }
  }
}
