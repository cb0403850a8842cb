import type { Action, DiscardReason, Span } from "../../src/driver-kit/contract.ts";

/** What is to be done, gathered in its order while one event is dealt with. */
export class Outbox {
  #actions: Action[] = [];

  add(action: Action): void {
    this.#actions.push(action);
  }

  write(bytes: Uint8Array): void {
    this.add({ do: "write", bytes });
  }

  discard(span: Span, reason: DiscardReason, detail?: string): void {
    this.add({ do: "discard", span, reason, ...(detail === undefined ? {} : { detail }) });
  }

  /** Whether something is to be written. */
  get writes(): boolean {
    return this.#actions.some((action) => action.do === "write");
  }

  taken(): readonly Action[] {
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }
}
