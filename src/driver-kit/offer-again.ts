import type { Action, Finding, Session } from "./contract.ts";

/** When a report that was refused is offered again, where nothing else wakes the session before. */
const offerAgainMs = 2000;
/** Refused reports that are kept; where still more come, the oldest is given up. */
const mostKept = 1000;

/** Findings on their way to the disk. */
interface Offer {
  /** The receipt that the session itself gave them. */
  readonly receipt: number;
  readonly findings: readonly Finding[];
  readonly refused: boolean;
}

/**
 * A session whose refused reports are not lost: the very same findings are offered again, under a new receipt, until they
 * are stored or the session ends. So a reading keeps the place in the input, and with it the moment, at which it was
 * made, however late it is stored. For instruments that show and forget, whose driver must not read the same value anew:
 * by then it may be somebody else who is on the scale or the sensor.
 *
 * One refused report is offered with each piece of data or alarm, to try the disk; once anything is stored, all of them
 * are. The session inside hears `refused` at most once of each report, and `stored` when it is stored at last.
 */
export function offerAgain(session: Session): Session {
  let receipt = 0;
  /** Whose alarm is set. There is one alarm alone, and the session's own comes first. */
  let alarm: "none" | "session" | "ours" = "none";
  let closed = false;
  let kept: readonly Offer[] = [];
  /** Reports that nobody has answered yet, by the receipt that the gateway knows. */
  const open = new Map<number, Offer>();

  function offer(one: Offer): Action {
    open.set(++receipt, one);
    return { do: "report", receipt, findings: one.findings };
  }

  function offerAll(): readonly Action[] {
    const all = kept;
    kept = [];
    return all.map(offer);
  }

  function offerOne(): readonly Action[] {
    const [first, ...rest] = kept;
    if (first === undefined || [...open.values()].some(({ refused }) => refused)) return [];
    kept = rest;
    return [offer(first)];
  }

  function keep(one: Offer): readonly Action[] {
    kept = [...kept, { ...one, refused: true }];
    const [oldest, ...rest] = kept;
    if (oldest === undefined || kept.length <= mostKept) return [];
    kept = rest;
    const detail = "could not be stored, and more came than can be kept";
    return oldest.findings.slice(0, 1).map(({ span }) => ({ do: "discard", span, reason: "cut", detail }));
  }

  function asked(action: Action): Action {
    if (action.do === "wake") alarm = action.afterMs > 0 ? "session" : "none";
    if (action.do !== "report") return action;
    return offer({ receipt: action.receipt, findings: action.findings, refused: false });
  }

  const give = (event: Parameters<Session["handle"]>[0]): readonly Action[] => session.handle(event).map(asked);

  function actions(event: Parameters<Session["handle"]>[0]): readonly Action[] {
    switch (event.on) {
      case "open":
        return give(event);
      case "data":
        return [...offerOne(), ...give(event)];
      case "wake": {
        const ours = alarm === "ours";
        alarm = "none";
        return [...offerOne(), ...(ours ? [] : give(event))];
      }
      case "stored":
      case "refused": {
        const answered = open.get(event.receipt);
        open.delete(event.receipt);
        if (answered === undefined) return [];
        const inner = { on: event.on, receipt: answered.receipt } as const;
        if (event.on === "stored") return [...give(inner), ...offerAll()];
        return [...(answered.refused ? [] : give(inner)), ...keep(answered)];
      }
      case "close":
        closed = true;
        return [...offerAll(), ...give(event)];
      default:
        return event satisfies never;
    }
  }

  return {
    handle(event) {
      const all = actions(event);
      if (closed || kept.length === 0 || alarm !== "none") return all;
      alarm = "ours";
      return [...all, { do: "wake", afterMs: offerAgainMs }];
    },
  };
}
