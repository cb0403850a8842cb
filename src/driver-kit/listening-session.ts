import type { Action, Finding, Session, Span } from "./contract.ts";
import { inSlices } from "./framers/in-slices.ts";
import type { Framer, Piece } from "./framers/piece.ts";
import { Sum } from "./in-sum.ts";
import { offerAgain } from "./offer-again.ts";

/** What is made of a frame. The session counts receipts, and its alarm is its own. */
export type Heard =
  | Exclude<Action, { readonly do: "report" | "wake" }>
  | { readonly do: "report"; readonly findings: readonly Finding[] };

/** An instrument that speaks by itself, as far as listening to it goes. */
export interface Listening {
  readonly framer: Framer;
  /** Reads a frame, or bytes that the framer lets stand alone. */
  hear(frame: Uint8Array, span: Span): readonly Heard[];
  /** After so long without a byte, what is unfinished does not go on. Absent: only the end of the connection ends it. */
  readonly silenceMs?: number;
  /** It was silent for so long, and what that ended has been heard. */
  silent?(): void;
}

/**
 * The session of an instrument that sends by itself and is never answered. Nobody can ask it for a result again, so
 * a report that could not be stored is offered again as it was.
 */
export function listeningSession({ framer, hear, silenceMs, silent }: Listening): Session {
  let receipt = 0;

  function settle(pieces: Iterable<Piece>): readonly Action[] {
    const sum = new Sum();
    for (const piece of pieces) {
      const { span } = piece;
      if (piece.is === "discard") sum.push({ do: "discard", span, reason: piece.reason });
      else
        for (const one of hear(piece.bytes, span)) sum.push(one.do === "report" ? { ...one, receipt: ++receipt } : one);
    }
    return sum.actions();
  }

  return offerAgain({
    handle(event) {
      switch (event.on) {
        case "data": {
          const actions = settle(inSlices(framer, event.bytes));
          return silenceMs === undefined ? actions : [...actions, { do: "wake", afterMs: silenceMs }];
        }
        case "wake": {
          const actions = settle(framer.flush("silence"));
          silent?.();
          return actions;
        }
        case "close":
          return settle(framer.flush("close"));
        case "open":
        case "stored":
        case "refused":
          return [];
        default:
          return event satisfies never;
      }
    },
  });
}
