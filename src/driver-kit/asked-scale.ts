import type { Instrument } from "./instrument.ts";
import { questionsUntil } from "./questions.ts";
import { bytesOf } from "./text.ts";

/** What lies on a simulated scale. */
export interface Load {
  /** By channel; empty where there is no load. */
  readonly values: Readonly<Record<string, string>>;
  readonly moving: boolean;
}

/** How long a load moves, and how long it rests before it is taken off. */
const movesMs = 1000;
const restsMs = 20_000;

/**
 * A simulated scale that speaks only when asked: a load moves for a second, rests for twenty, and is taken off.
 *
 * @param end what ends a question, or is all of it
 * @param reply the answer to what stood before that end, as text with one Latin-1 character a byte
 */
export function askedScale(end: string, reply: (load: Load, question: string) => string): Instrument {
  let load: Load = { values: {}, moving: false };
  const questions = questionsUntil(end);
  return {
    handle(event) {
      switch (event.on) {
        case "measure":
          load = { values: event.values, moving: true };
          return [{ do: "wake", afterMs: movesMs }];
        case "wake": {
          const { values, moving } = load;
          load = { values: moving ? values : {}, moving: false };
          return moving ? [{ do: "wake", afterMs: restsMs }] : [];
        }
        case "data":
          return questions(event.bytes).map((question) => ({ do: "write", bytes: bytesOf(reply(load, question)) }));
        case "open":
          return [];
        default:
          return event satisfies never;
      }
    },
  };
}
