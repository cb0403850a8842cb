import type { DeviceIdentity } from "../model/device.ts";
import type { Action, Finding, Session, Span } from "./contract.ts";
import { inSlices } from "./framers/in-slices.ts";
import type { Framer, Piece } from "./framers/piece.ts";
import { inARow } from "./in-a-row.ts";
import { Sum } from "./in-sum.ts";
import { offerAgain } from "./offer-again.ts";

/** What a frame says of one channel; the session adds kind, group and span. */
export type Measured = Omit<Finding, "kind" | "group" | "span">;

/** What one frame of a scale says. */
export type Weighing =
  /** A load at rest, or (with absent values) one that cannot be weighed. */
  | { readonly is: "load"; readonly measured: readonly Measured[]; readonly identity?: DeviceIdentity }
  /** The load is moving, or there is none: what comes next is a new load. */
  | { readonly is: "unsettled" }
  /** Well formed, and it says nothing of the load. */
  | { readonly is: "aside"; readonly identity?: DeviceIdentity }
  | { readonly is: "checksum" }
  | { readonly is: "malformed"; readonly detail: string };

export interface ScaleProtocol {
  readonly framer: Framer;
  weigh(frame: Uint8Array): Weighing;
  /** The group that findings of one frame share. */
  readonly group: string;
  /**
   * For scales that send only when asked: `first` once, one after the other, then `command` for ever. Commands must
   * only ask. `everyMs` is at most `silenceMs`.
   */
  readonly poll?: {
    readonly command: Uint8Array;
    readonly everyMs: number;
    readonly first?: readonly Uint8Array[];
  };
  /** How many frames that say the same make a reading: more than one guards against a byte lost or changed. */
  readonly settle: number;
  /** `once`: the same load said again is the same reading. `all`: each time a new one. */
  readonly repeats?: "once" | "all";
  /** After so long without a byte a new reading begins. */
  readonly silenceMs: number;
}

/**
 * The session of a scale that says its weight over and over, by itself or when asked: a load is reported once, when
 * `settle` frames have said the same, and again only after it moved, went away, changed, or the scale was silent. A
 * report that could not be stored is offered again as it was, for what the scale says by then may be of somebody else.
 */
export function scaleSession(protocol: ScaleProtocol): Session {
  return offerAgain(weighing(protocol));
}

/** What frames that are alike agree in: the clock on the wire goes on while a load stays. */
function timeless({ deviceTime: _, ...rest }: Measured): Omit<Measured, "deviceTime"> {
  return rest;
}

/** What makes a load that was reported the same load: a flag comes and goes while it stays. */
function flagless({ deviceTime: _, flags: __, ...rest }: Measured): Omit<Measured, "deviceTime" | "flags"> {
  return rest;
}

function weighing(protocol: ScaleProtocol): Session {
  const { framer, group, poll, settle, silenceMs, repeats = "once" } = protocol;
  let waiting = poll?.first ?? [];
  const row = inARow(settle);
  /** What was reported last, for as long as it may be repeated. */
  let standing: string | undefined;
  let identified: string | undefined;
  let receipt = 0;
  let quietPolls = 0;

  function begin(): void {
    row.begin();
    standing = undefined;
  }

  function load(measured: readonly Measured[], span: Span): Action {
    const settled = row.say(JSON.stringify(measured.map(timeless)));
    const key = JSON.stringify(measured.map(flagless));
    if (key === standing && repeats === "once") return { do: "discard", span, reason: "duplicate" };
    if (!settled) return { do: "discard", span, reason: "not-a-reading" };
    if (repeats === "all") row.begin();
    standing = key;
    const findings = measured.map((one): Finding => ({ kind: "patient", group, span, ...one }));
    return { do: "report", receipt: ++receipt, findings };
  }

  /** What the scale says of itself, when it says it first and when it says something else. */
  function identify(identity: DeviceIdentity | undefined): readonly Action[] {
    const key = JSON.stringify(identity);
    if (identity === undefined || key === identified) return [];
    identified = key;
    return [{ do: "identify", identity }];
  }

  function action(piece: Piece): readonly Action[] {
    const { span } = piece;
    if (piece.is === "discard") return [{ do: "discard", span, reason: piece.reason }];
    if (piece.bytes.length === 0) return [];
    const weighing = protocol.weigh(piece.bytes);
    switch (weighing.is) {
      case "load":
        return [...identify(weighing.identity), load(weighing.measured, span)];
      case "unsettled":
        begin();
        return [{ do: "discard", span, reason: "not-a-reading" }];
      case "aside":
        return [...identify(weighing.identity), { do: "discard", span, reason: "not-a-reading" }];
      case "checksum":
        return [{ do: "discard", span, reason: "checksum" }];
      case "malformed":
        return [{ do: "discard", span, reason: "malformed", detail: weighing.detail }];
      default:
        return weighing satisfies never;
    }
  }

  function silence(): readonly Action[] {
    begin();
    return framer.flush("silence").flatMap(action);
  }

  function ask(command: Uint8Array, everyMs: number): readonly Action[] {
    const [next = command, ...rest] = waiting;
    waiting = rest;
    return [
      { do: "write", bytes: next },
      { do: "wake", afterMs: everyMs },
    ];
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
          return poll === undefined ? [] : ask(poll.command, poll.everyMs);
        case "data": {
          quietPolls = 0;
          const sum = new Sum();
          for (const piece of inSlices(framer, event.bytes)) sum.add(action(piece));
          const actions = sum.actions();
          // While it polls, the alarm is the poll's: a session has no clock, so silence is counted in polls.
          return poll === undefined ? [...actions, { do: "wake", afterMs: silenceMs }] : actions;
        }
        case "wake": {
          if (poll === undefined) return silence();
          quietPolls++;
          return [...(quietPolls * poll.everyMs > silenceMs ? silence() : []), ...ask(poll.command, poll.everyMs)];
        }
        case "close":
          return framer.flush("close").flatMap(action);
        case "stored":
        case "refused":
          return [];
        default:
          return event satisfies never;
      }
    },
  };
}
