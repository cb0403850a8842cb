import { writeBound } from "./link.ts";

/** How long an instrument may take to accept the last of what was written. */
const lastMs = 500;

/** What is on its way to an instrument that takes one write at a time: in order, and no more than `writeBound`. */
export class Outgoing {
  readonly #what: "bytes" | "reports";
  readonly #lose: (detail: string) => void;
  #writing: Promise<void> = Promise.resolve();
  #bytes = 0;
  #given = true;

  /** @param lose is told what went wrong; nothing is sent after it. */
  constructor(what: "bytes" | "reports", lose: (detail: string) => void) {
    this.#what = what;
    this.#lose = lose;
  }

  /** Sends it when all before it is sent. */
  add(bytes: Uint8Array, send: () => Promise<unknown>): void {
    this.#bytes += bytes.length;
    if (this.#bytes > writeBound) {
      this.#lose(`the instrument takes no ${this.#what}`);
      return;
    }
    this.#writing = this.#writing.then(async () => {
      if (!this.#given) return;
      try {
        await send();
        this.#bytes -= bytes.length;
      } catch (error) {
        this.#lose(textOf(error));
      }
    });
  }

  /** Waits for the last of it, but not for ever. */
  async drained(): Promise<void> {
    let patience: NodeJS.Timeout | undefined;
    await Promise.race([
      this.#writing,
      new Promise((resolve) => {
        patience = setTimeout(resolve, lastMs);
      }),
    ]);
    clearTimeout(patience);
  }

  /** Sends nothing more: the device is being closed. */
  drop(): void {
    this.#given = false;
  }
}

/** Some libraries give an error as a plain text, and an Error otherwise. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
