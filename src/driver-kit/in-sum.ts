import type { Action, Session } from "./contract.ts";

/** Of the actions with which an event is answered, so many are told one by one, and discards after them in sum. */
const singly = 64;

/**
 * A session whose answer to a flood is short, be it tens of thousands of tiny frames at once: far on in a long answer,
 * discards that touch and have the same reason and detail become one, and of the alarms, each of which replaces the one
 * before, the last alone is left. Nothing else changes.
 */
export function inSum(session: Session): Session {
  return {
    handle(event) {
      const actions = session.handle(event);
      if (actions.length <= singly) return actions;
      const sum = new Sum();
      sum.add(actions);
      return sum.actions();
    },
  };
}

type Discard = Extract<Action, { do: "discard" }>;

/** An answer as it grows: the first actions as they are, those after them in sum. */
export class Sum {
  readonly #actions: Action[] = [];
  #wake: Action | undefined;
  /** What comes last so far, where it is a discard, and where those begin that it is joined with. */
  #discard: Discard | undefined;
  #from = 0;

  add(actions: readonly Action[]): void {
    for (const action of actions) this.push(action);
  }

  push(action: Action): void {
    if (this.#actions.length < singly) this.#actions.push(action);
    else if (action.do === "wake") this.#wake = action;
    else if (action.do === "discard") this.#drop(action);
    else {
      this.#settle();
      this.#actions.push(action);
    }
  }

  /** All of them, with the alarm at the end: when it rings counts from the event, not from its place among them. */
  actions(): readonly Action[] {
    this.#settle();
    return this.#wake === undefined ? this.#actions : [...this.#actions, this.#wake];
  }

  #drop(discard: Discard): void {
    const before = this.#discard;
    const { reason, detail, span } = discard;
    if (before?.reason !== reason || before.detail !== detail || before.span.to !== span.from) {
      this.#settle();
      this.#from = span.from;
    }
    this.#discard = discard;
  }

  #settle(): void {
    const last = this.#discard;
    if (last === undefined) return;
    const { from, to } = last.span;
    this.#actions.push(from === this.#from ? last : { ...last, span: { from: this.#from, to } });
    this.#discard = undefined;
  }
}
