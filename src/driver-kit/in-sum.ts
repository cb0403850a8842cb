import type { Action, Session } from "./contract.ts";

/** Of the actions with which an event is answered, so many are told one by one, and discards after them in sum. */
const singly = 64;

/**
 * A session whose answer to a flood is short, be it tens of thousands of tiny frames at once: in a long answer, discards
 * that touch and have the same reason and detail become one, and of the alarms, each of which replaces the one before,
 * the last alone is left. Nothing else changes.
 */
export function inSum(session: Session): Session {
  return {
    handle(event) {
      const actions = session.handle(event);
      return actions.length <= singly ? actions : new Sum(actions).actions();
    },
  };
}

type Discard = Extract<Action, { do: "discard" }>;

class Sum {
  readonly #actions: Action[] = [];
  #wake: Action | undefined;
  /** What comes last so far, where it is a discard, and where those begin that it is joined with. */
  #discard: Discard | undefined;
  #from = 0;

  constructor(actions: readonly Action[]) {
    for (const action of actions) {
      if (action.do === "wake") this.#wake = action;
      else if (action.do === "discard") this.#drop(action);
      else {
        this.#settle();
        this.#actions.push(action);
      }
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
    const joins = before?.reason === reason && before.detail === detail && before.span.to === span.from;
    if (!joins || this.#actions.length < singly) {
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
