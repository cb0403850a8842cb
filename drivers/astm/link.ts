import type { Line, Out, Upper } from "./line.ts";
import { Receiver, type ReceiverRules } from "./receiver.ts";
import { Sender, type SenderTimes } from "./sender.ts";

/**
 * One end of a LIS01 line: neutral, receiving or sending. Half duplex: a message to be sent waits until the line is
 * free, and gives way to the other end's bid.
 */
export class Link implements Line {
  readonly #receiver: Receiver;
  readonly #sender: Sender;
  #at = 0;
  /** The line was free, and the sender knew it, when all was last settled. */
  #wasFree = true;

  constructor(rules: ReceiverRules, times: SenderTimes, upper: Upper, out: Out) {
    this.#receiver = new Receiver(rules, upper, out);
    this.#sender = new Sender(times, upper, out);
  }

  get quiet(): boolean {
    return this.#receiver.neutral && !this.#sender.active && !this.#sender.waiting;
  }

  data(bytes: Uint8Array): void {
    for (const byte of bytes) {
      const at = this.#at++;
      if (this.#sender.active) this.#sender.byte(byte, at);
      else this.#receiver.byte(byte, at);
    }
  }

  wake(): void {
    if (this.#sender.active || (this.#sender.waiting && this.#receiver.neutral)) this.#sender.wake();
    else this.#receiver.wake(this.#at);
  }

  answer(ok: boolean): void {
    this.#receiver.answer(ok);
  }

  send(texts: readonly string[], afterMs = 0): void {
    this.#sender.send(texts, afterMs);
    this.#wasFree = false;
  }

  settle(): void {
    if (this.#sender.active) return;
    this.#receiver.flush();
    const free = this.#receiver.neutral;
    if (free && !this.#wasFree) this.#sender.lineFree();
    this.#wasFree = free;
  }

  close(): void {
    this.#sender.cancel();
    this.#receiver.close(this.#at);
  }
}
