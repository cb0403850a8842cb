import { ACK, ENQ, EOT, NAK } from "./control.ts";
import { encodeFrame } from "./frame.ts";
import type { Out, Upper } from "./line.ts";

/** How long a sender waits, in milliseconds. */
export interface SenderTimes {
  /** For the answer to ENQ or to a frame. */
  readonly reply: number;
  /** Before the next ENQ, after one was refused. */
  readonly refused: number;
  /** Before the next ENQ, after both ends had bid for the line at once. */
  readonly contention: number;
  /** Before the next ENQ, after the receiver asked for the line. */
  readonly interrupted: number;
}

/** LIS01 for a host: in contention the instrument wins, so the host waits longest. */
export const hostTimes: SenderTimes = { reply: 15_000, refused: 10_000, contention: 20_000, interrupted: 15_000 };
/** LIS01 for an instrument. */
export const instrumentTimes: SenderTimes = { ...hostTimes, contention: 1000 };

/** LIS01: a frame is sent again so many times, then the message is given up. */
const RETRANSMISSIONS = 6;
/** The standard gives no limit for bids; a message is given up after so many. */
const BIDS = 6;

type State =
  | { readonly is: "idle" }
  /** For the line to be free, and then for so long. */
  | { readonly is: "waiting"; readonly afterMs: number }
  | { readonly is: "bidding" }
  | { readonly is: "sending"; readonly index: number; readonly again: number };

/** The sending side of LIS01: bids for the line, sends each text as one frame, and stops when told to. */
export class Sender {
  readonly #times: SenderTimes;
  readonly #upper: Upper;
  readonly #out: Out;
  #state: State = { is: "idle" };
  #texts: readonly string[] = [];
  #bids = 0;

  constructor(times: SenderTimes, upper: Upper, out: Out) {
    this.#times = times;
    this.#upper = upper;
    this.#out = out;
  }

  /** It has the line, or has bid for it: what comes in is for it. */
  get active(): boolean {
    return this.#state.is === "bidding" || this.#state.is === "sending";
  }

  get waiting(): boolean {
    return this.#state.is === "waiting";
  }

  /** Takes a message, to be sent when the line is free; it takes the place of one that still waits. */
  send(texts: readonly string[], afterMs: number): void {
    this.#texts = texts;
    this.#bids = 0;
    this.#state = { is: "waiting", afterMs };
  }

  /** Forgets the message. */
  cancel(): void {
    this.#state = { is: "idle" };
  }

  /** The line is free. */
  lineFree(): void {
    if (this.#state.is !== "waiting") return;
    if (this.#state.afterMs > 0) this.#out.arm(this.#state.afterMs);
    else this.#bid();
  }

  byte(byte: number, at: number): void {
    switch (this.#state.is) {
      case "bidding":
        if (byte === ACK) this.#frame(0, 0);
        else if (byte === NAK) this.#wait(this.#times.refused);
        else if (byte === ENQ) this.#wait(this.#times.contention);
        else this.#out.discard({ from: at, to: at + 1 }, "noise", "no answer to ENQ");
        return;
      case "sending": {
        const { index, again } = this.#state;
        if (byte === ACK) this.#next(index + 1);
        else if (byte === EOT) this.#interrupted(index + 1);
        else if (again < RETRANSMISSIONS) this.#frame(index, again + 1);
        else this.#finish(false);
        return;
      }
      case "idle":
      case "waiting":
        return;
      default:
        this.#state satisfies never;
    }
  }

  wake(): void {
    switch (this.#state.is) {
      case "waiting":
        this.#bid();
        return;
      case "bidding":
      case "sending":
        this.#finish(false);
        return;
      case "idle":
        return;
      default:
        this.#state satisfies never;
    }
  }

  #bid(): void {
    this.#bids++;
    this.#state = { is: "bidding" };
    this.#out.write(Uint8Array.of(ENQ));
    this.#out.arm(this.#times.reply);
  }

  #wait(afterMs: number): void {
    if (this.#bids >= BIDS) {
      this.#state = { is: "idle" };
      this.#out.arm(0);
      this.#upper.sent(false);
      return;
    }
    this.#state = { is: "waiting", afterMs };
    this.#out.arm(afterMs);
  }

  #frame(index: number, again: number): void {
    this.#state = { is: "sending", index, again };
    this.#out.write(encodeFrame((index + 1) % 8, this.#texts[index] ?? ""));
    this.#out.arm(this.#times.reply);
  }

  #next(index: number): void {
    if (index < this.#texts.length) this.#frame(index, 0);
    else this.#finish(true);
  }

  /** The receiver took the frame and asks for the line: it gets it, and the message starts anew later. */
  #interrupted(index: number): void {
    if (index >= this.#texts.length) {
      this.#finish(true);
      return;
    }
    this.#out.write(Uint8Array.of(EOT));
    this.#wait(this.#times.interrupted);
  }

  #finish(ok: boolean): void {
    this.#state = { is: "idle" };
    this.#out.write(Uint8Array.of(EOT));
    this.#out.arm(0);
    this.#upper.sent(ok);
  }
}
