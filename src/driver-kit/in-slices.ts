import type { Action, Session } from "./contract.ts";

/** A longer piece of a stream is given in slices of this length. */
const sliceLength = 256;
/** Of the actions with which an event is answered, so many are told one by one, and discards after them in sum. */
const singly = 64;

/**
 * A session on a byte stream whose answer to a flood is quick and short, be it tens of thousands of tiny frames at once.
 * A long piece is given slice by slice, which no session can tell from the chunks of a line, so that what was made of one
 * slice is gone before the next. In a long answer, discards that touch and have the same reason and detail become one,
 * and of the alarms, each of which replaces the one before, the last alone is left.
 */
export function inSlices(session: Session): Session {
  return {
    handle(event) {
      if (event.on === "data" && event.bytes.length > sliceLength) {
        const answer = new Answer();
        for (let from = 0; from < event.bytes.length; from += sliceLength)
          answer.add(session.handle({ on: "data", bytes: event.bytes.subarray(from, from + sliceLength) }));
        return answer.actions();
      }
      const actions = session.handle(event);
      if (actions.length <= singly) return actions;
      const answer = new Answer();
      answer.add(actions);
      return answer.actions();
    },
  };
}

type Discard = Extract<Action, { do: "discard" }>;

class Answer {
  readonly #actions: Action[] = [];
  #wake: Action | undefined;
  /** What comes last so far, where it is a discard, and where those begin that it is joined with. */
  #discard: Discard | undefined;
  #from = 0;

  add(actions: readonly Action[]): void {
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
