import { createServer, type Server, type Socket } from "node:net";
import type { ProblemCode } from "../model/problem.ts";
import { type Link, notOpened, type Opened } from "./link.ts";
import { SocketConnection } from "./socket-connection.ts";

/** Where a device that calls by itself is awaited. `from` is the one peer address that is this device. */
interface ListenAt {
  readonly address: string;
  readonly port: number;
  readonly from?: string | undefined;
}

/**
 * The listening ports of one gateway. Several devices may share one, told apart by the address they call from; a caller
 * who is no device's is hung up on. A second call of the same device ends the earlier connection: an instrument that
 * was switched off and on does not wait until its old connection has timed out.
 *
 * @param stranger is told the address of a caller who is no device's.
 */
export function listeners(stranger: (listener: string, peer: string) => void = () => {}): {
  link(at: ListenAt): Link;
} {
  const ports = new Map<string, ListeningPort>();

  return {
    link(at) {
      const key = `${at.address.includes(":") ? `[${at.address}]` : at.address}:${at.port}`;
      const line = new Line(at.from);
      let mine: ListeningPort | undefined;
      return {
        name: at.from === undefined ? key : `${key} from ${at.from}`,
        passive: true,
        async open(signal, waiting) {
          if (mine === undefined) {
            let port = ports.get(key);
            if (port === undefined) {
              port = new ListeningPort(at, (peer) => stranger(key, peer));
              ports.set(key, port);
            }
            if (!port.add(line)) return notOpened("PORT_AMBIGUOUS", `${key}: two devices listen for the same caller`);
            mine = port;
          }
          const failure = await mine.ready();
          if (failure !== undefined) return notOpened(failure.code, `${key}: ${failure.detail}`);
          waiting?.();
          return line.answer(signal);
        },
        dispose() {
          if (mine?.remove(line) === 0) ports.delete(key);
          mine = undefined;
        },
      };
    },
  };
}

/** One listening port and the devices that are awaited at it. */
class ListeningPort {
  readonly #at: ListenAt;
  readonly #lines = new Set<Line>();
  readonly #stranger: (peer: string) => void;
  #server: Server | undefined;
  #listening: Promise<{ code: ProblemCode; detail: string } | undefined> | undefined;

  constructor(at: ListenAt, stranger: (peer: string) => void) {
    this.#at = at;
    this.#stranger = stranger;
  }

  /** Whether the line's callers can be told from those of the others. */
  add(line: Line): boolean {
    for (const other of this.#lines) if (other.from === line.from) return false;
    this.#lines.add(line);
    return true;
  }

  /** Takes a device away, and answers how many are left; with the last one the port is closed. */
  remove(line: Line): number {
    this.#lines.delete(line);
    line.hangUp();
    if (this.#lines.size === 0) this.#server?.close();
    return this.#lines.size;
  }

  /** Listens, if it does not yet. */
  async ready(): Promise<{ code: ProblemCode; detail: string } | undefined> {
    this.#listening ??= this.#listen();
    const failure = await this.#listening;
    if (failure !== undefined) this.#listening = undefined;
    return failure;
  }

  #listen(): Promise<{ code: ProblemCode; detail: string } | undefined> {
    return new Promise((resolve) => {
      const server = createServer({ pauseOnConnect: true }, (socket) => this.#route(socket));
      server.on("error", (error: NodeJS.ErrnoException) => {
        const detail = error.code ?? error.message;
        resolve({ code: problemOf(detail), detail });
      });
      server.listen({ host: this.#at.address, port: this.#at.port }, () => resolve(undefined));
      this.#server = server;
    });
  }

  #route(socket: Socket): void {
    const peer = plainAddress(socket.remoteAddress ?? "");
    const lines = [...this.#lines];
    const line = lines.find((l) => l.from === peer) ?? lines.find((l) => l.from === undefined);
    if (line === undefined) {
      this.#stranger(peer);
      socket.destroy();
    } else line.offer(socket, peer);
  }
}

/** The calls of one device: the one that is connected, and the next one that waits to be answered. */
class Line {
  readonly from: string | undefined;
  #current: Socket | undefined;
  #next: { readonly socket: Socket; readonly peer: string } | undefined;
  #answer: (() => void) | undefined;

  constructor(from: string | undefined) {
    this.from = from === undefined ? undefined : plainAddress(from);
  }

  offer(socket: Socket, peer: string): void {
    socket.on("error", () => {});
    this.#next?.socket.destroy();
    this.#current?.destroy();
    this.#next = { socket, peer };
    this.#answer?.();
  }

  /** The next call, now or when it comes. */
  answer(signal: AbortSignal): Promise<Opened> {
    return new Promise((resolve) => {
      const settle = (opened: Opened) => {
        signal.removeEventListener("abort", onAbort);
        this.#answer = undefined;
        resolve(opened);
      };
      const onAbort = () => settle(notOpened("LINK_REFUSED", "given up"));
      const take = () => {
        const call = this.#next;
        this.#next = undefined;
        if (call === undefined || call.socket.destroyed) return;
        this.#current = call.socket;
        settle({ ok: true, connection: new SocketConnection(call.socket, call.peer) });
      };
      this.#answer = take;
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) onAbort();
      else take();
    });
  }

  hangUp(): void {
    this.#next?.socket.destroy();
    this.#next = undefined;
  }
}

/** `::ffff:10.0.0.7`, as a listener on all addresses names an IPv4 caller, is `10.0.0.7`. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

function problemOf(code: string): ProblemCode {
  switch (code) {
    case "EADDRINUSE":
      return "PORT_BUSY";
    case "EACCES":
      return "PORT_DENIED";
    case "EADDRNOTAVAIL":
      return "PORT_MISSING";
    default:
      return "LINK_LOST";
  }
}
