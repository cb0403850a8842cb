import { z } from "zod";
import type { Action, Driver, Finding, Session, Span } from "../../src/driver-kit/contract.ts";
import { offerAgain } from "../../src/driver-kit/offer-again.ts";
import { type Unit, weightOf } from "./report.ts";

const options = z.strictObject({
  reportId: z.number().int().min(1).max(255).default(3).describe("id of the report that carries the weight"),
  confirmMs: z
    .number()
    .int()
    .min(100)
    .max(10_000)
    .default(1000)
    .describe("a stable weight counts when it came twice in a row, or when nothing came for so long after it"),
});

type Options = z.output<typeof options>;

/** Scales of the USB HID usage page 0x8D (point-of-sale scales). Nothing is ever written: the one output zeroes it. */
export const driver: Driver<Options> = {
  id: "hid-pos-scale",
  version: "1",
  input: "reports",
  integrity: "structure",
  options,
  session: (chosen) => offerAgain(session(chosen)),
};

/** A stable weight, and where it stood. */
interface Stable {
  readonly text: string;
  readonly unit: Unit;
  readonly span: Span;
}

function session({ reportId, confirmMs }: Options): Session {
  let received = 0;
  let receipt = 0;
  /** The first report after opening is often that of the previous weighing. */
  let first = true;
  /** A stable weight that nothing has confirmed or contradicted yet. */
  let candidate: Stable | undefined;
  /** The weight of the load that is on the scale, once it was reported. */
  let reported: string | undefined;

  function take(bytes: Uint8Array, span: Span): readonly Action[] {
    if (bytes[0] !== reportId) return [discard(span, "not-a-reading", `report ${bytes[0]}`)];
    const weight = weightOf(bytes);
    if (weight.is === "malformed") return [...dropCandidate(), discard(span, "malformed", weight.why)];
    if (first) {
      first = false;
      return [discard(span, "not-a-reading", "the first report may be of the previous weighing")];
    }
    switch (weight.is) {
      case "empty":
        reported = undefined;
        return [...dropCandidate(), discard(span, "not-a-reading", weight.why)];
      case "no-reading":
        return [...dropCandidate(), discard(span, "not-a-reading", weight.why)];
      case "stable": {
        if (keyOf(weight) === reported) return [...dropCandidate(), discard(span, "duplicate")];
        const confirmed = candidate !== undefined && keyOf(candidate) === keyOf(weight);
        const dropped = dropCandidate();
        if (confirmed) return [...dropped, ...settle({ ...weight, span })];
        candidate = { ...weight, span };
        return [...dropped, { do: "wake", afterMs: confirmMs }];
      }
      default:
        return weight satisfies never;
    }
  }

  function settle(stable: Stable): readonly Action[] {
    candidate = undefined;
    reported = keyOf(stable);
    return [
      { do: "wake", afterMs: 0 },
      { do: "report", receipt: ++receipt, findings: [finding(stable)] },
    ];
  }

  function dropCandidate(): readonly Action[] {
    if (candidate === undefined) return [];
    const { span } = candidate;
    candidate = undefined;
    return [{ do: "wake", afterMs: 0 }, discard(span, "not-a-reading", "a weight on its own")];
  }

  return {
    handle(event) {
      switch (event.on) {
        case "data": {
          const span = { from: received, to: received + event.bytes.length };
          received = span.to;
          return event.bytes.length === 0 ? [] : take(event.bytes, span);
        }
        case "wake":
          return candidate === undefined ? [] : settle(candidate);
        case "close":
          return dropCandidate();
        case "open":
        case "stored":
        case "refused":
          return [];
        default:
          return event satisfies never;
      }
    },
  };
}

function finding({ text, unit, span }: Stable): Finding {
  const common = { channel: "weight", kind: "patient", span } as const;
  return unit.usual
    ? { ...common, value: { kind: "number", text }, unit: unit.name }
    : { ...common, value: { kind: "text", text: `${text} ${unit.name}` } };
}

function keyOf({ text, unit }: { readonly text: string; readonly unit: Unit }): string {
  return `${text} ${unit.name}`;
}

function discard(span: Span, reason: "not-a-reading" | "malformed" | "duplicate", detail?: string): Action {
  return { do: "discard", span, reason, ...(detail === undefined ? {} : { detail }) };
}
