import type { Span } from "../../src/driver-kit/contract.ts";
import type { Apdu } from "./apdu.ts";
import type { Outbox } from "./outbox.ts";

type Answer = Extract<Apdu, { is: "answer" }>;
/** Goes on with the answer, or with none: it did not come in time. */
type Settled = (answer: Answer | undefined, span: Span | undefined) => void;

/** What the manager asks the device, one question at a time. */
export class Questions {
  readonly #out: Outbox;
  #invoke = 0;
  #asked: { readonly invoke: number; readonly settled: Settled } | undefined;
  #later: (() => void) | undefined;

  constructor(out: Outbox) {
    this.#out = out;
  }

  /** Whether an answer is still to come. */
  get open(): boolean {
    return this.#asked !== undefined;
  }

  /** Whether the device put a question off. */
  get postponed(): boolean {
    return this.#later !== undefined;
  }

  ask(message: (invoke: number) => Uint8Array, settled: Settled): void {
    this.#invoke = (this.#invoke + 1) % 0x8000;
    this.#asked = { invoke: this.#invoke, settled };
    this.#out.write(message(this.#invoke));
  }

  /** Takes the answer to the open question; says whether this was it. */
  take(apdu: Apdu | undefined, span: Span): boolean {
    if (apdu?.is !== "answer" || apdu.invoke !== this.#asked?.invoke) return false;
    this.#settle(apdu, span);
    return true;
  }

  /** No answer comes any more. */
  giveUp(): void {
    this.#settle();
  }

  /** Keeps a question that the device put off. */
  postpone(ask: () => void): void {
    this.#later = ask;
  }

  /** Puts the postponed question. */
  again(): void {
    const ask = this.#later;
    this.#later = undefined;
    ask?.();
  }

  /** Whatever was asked is of no interest any more. */
  forget(): void {
    this.#asked = undefined;
    this.#later = undefined;
  }

  #settle(answer?: Answer, span?: Span): void {
    const asked = this.#asked;
    this.#asked = undefined;
    asked?.settled(answer, span);
  }
}
