import type { Socket } from "node:net";
import { type Ack, readAck } from "../../hl7/ack.ts";
import { decodeText } from "../../hl7/charset.ts";
import { MllpFramer, type MllpPiece, mllpBlock } from "../../hl7/mllp.ts";
import type { SendResult } from "../sink.ts";

/** An answer to a message that had been answered before. */
export interface LateAnswer extends Ack {
  /** What the first answer had said. */
  readonly first: Ack["code"];
}

/** How many answered messages a second answer is recognised of. */
const remembered = 64;
/** An acknowledgement is small; what is longer is none. */
const longestAck = 1024 * 1024;
/** So many messages one right after the other, answered soon, are a backlog that the receiver takes quickly. */
const backlog = 32;
/** Of so many such messages each answer that came late takes the credit. */
const lateWeighs = 4;
/** So soon after an answer the next message is right after it. */
const rightAfterMs = 1;
/** An answer that is awaited awake comes within this, or the receiver is not one to wait awake for. */
const awakeMs = 0.25;

type Failure = Extract<SendResult, { ok: false }>["code"];

/**
 * One established MLLP connection, one message under way at a time. An answer counts only if its MSA-2 is the control id
 * of that message. Whatever proves nothing (silence, another id, something that is no acknowledgement) ends the
 * connection, so that an answer that comes late can never be taken for that of a later message.
 */
export class Hl7Connection {
  readonly #socket: Socket;
  readonly #framer = new MllpFramer(longestAck);
  readonly #onLate: (answer: LateAnswer) => void;
  readonly #answered = new Map<string, Ack["code"]>();
  #pending: { readonly controlId: string; readonly resolve: (result: SendResult) => void } | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** When the message under way was sent, and when the last answer came. */
  #sentMs = 0;
  #answeredMs = 0;
  /** Rises with each message that followed right after another and was answered soon. */
  #inRow = 0;
  #awake = false;
  #ended: Failure | undefined;

  constructor(socket: Socket, onLate: (answer: LateAnswer) => void) {
    this.#socket = socket;
    this.#onLate = onLate;
    socket.on("data", (chunk: Uint8Array) => this.#take(chunk));
    // The far end closed its half, so that no answer can come any more, even if it still reads.
    socket.on("end", () => this.#end("ACK_CLOSED"));
    socket.on("close", () => this.#end("ACK_CLOSED"));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      // TLS 1.3 tells only after the handshake that it did not like our certificate.
      if (error.code?.startsWith("ERR_SSL") && this.#pending === undefined) this.#ended ??= "RECEIVER_TLS";
      this.#end("ACK_CLOSED");
    });
  }

  get alive(): boolean {
    return this.#ended === undefined;
  }

  /** Sends one message and waits for its answer, `timeoutMs` at most. */
  exchange(controlId: string, message: Uint8Array, timeoutMs: number): Promise<SendResult> {
    if (this.#ended !== undefined) return Promise.resolve({ ok: false, code: this.#ended });
    if (this.#pending !== undefined) {
      return Promise.resolve({ ok: false, code: "RECEIVER_DOWN", answer: "another message is under way" });
    }
    return new Promise((resolve) => {
      this.#pending = { controlId, resolve };
      this.#timer = setTimeout(() => this.#end("ACK_TIMEOUT"), timeoutMs);
      this.#socket.write(mllpBlock(message));
      this.#sentMs = performance.now();
      if (this.#sentMs - this.#answeredMs > rightAfterMs) this.#inRow = 0;
      if (this.#inRow >= backlog && !this.#awake) this.#stayAwake();
    });
  }

  /**
   * Looks for the answer all the time instead of going to sleep until it comes: in a backlog, waking up would take as
   * long as the receiver does.
   */
  #stayAwake(): void {
    this.#awake = this.#pending !== undefined && performance.now() - this.#sentMs < awakeMs;
    if (this.#awake) setImmediate(() => this.#stayAwake());
  }

  close(): void {
    this.#end("ACK_CLOSED");
  }

  #take(chunk: Uint8Array): void {
    for (const piece of this.#framer.push(chunk)) {
      if (this.#ended !== undefined) return;
      this.#understand(piece);
    }
    // An answer without its frame would otherwise look like silence.
    if (this.#framer.inNoise) this.#end("ACK_MALFORMED");
  }

  #understand(piece: MllpPiece): void {
    const text = piece.kind === "block" ? decodeText(piece.bytes).text : "";
    const ack = readAck(text);
    if (ack === undefined) {
      this.#end("ACK_MALFORMED");
    } else if (ack.controlId === this.#pending?.controlId) {
      this.#settle(ack);
    } else {
      const first = this.#answered.get(ack.controlId);
      if (first === undefined) this.#end("ACK_WRONG_ID");
      else this.#onLate({ ...ack, first });
    }
  }

  #settle(ack: Ack): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    clearTimeout(this.#timer);
    this.#answeredMs = performance.now();
    const soon = this.#answeredMs - this.#sentMs < awakeMs;
    this.#inRow = soon ? Math.min(this.#inRow + 1, 2 * backlog) : Math.max(this.#inRow - lateWeighs, 0);
    this.#answered.delete(pending.controlId);
    this.#answered.set(pending.controlId, ack.code);
    if (this.#answered.size > remembered) {
      for (const oldest of this.#answered.keys()) {
        this.#answered.delete(oldest);
        break;
      }
    }
    pending.resolve(resultOf(ack));
  }

  #end(code: Failure): void {
    // Nothing of a message that was not begun can have reached the far end.
    this.#ended ??= "RECEIVER_DOWN";
    clearTimeout(this.#timer);
    const pending = this.#pending;
    this.#pending = undefined;
    this.#socket.destroy();
    pending?.resolve({ ok: false, code });
  }
}

function resultOf({ code, text }: Ack): SendResult {
  const answer = text === undefined ? code : `${code}: ${text}`;
  switch (code) {
    case "AA":
    case "CA":
      return { ok: true, answer };
    case "AE":
    case "CE":
      return { ok: false, code: "ACK_ERROR", answer };
    case "AR":
    case "CR":
      return { ok: false, code: "ACK_REJECT", answer };
    default:
      return code satisfies never;
  }
}
