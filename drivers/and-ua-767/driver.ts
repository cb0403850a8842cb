import { z } from "zod";
import type { Driver, Finding, Session, Span } from "../../src/driver-kit/contract.ts";
import { gap } from "../../src/driver-kit/framers/gap.ts";
import { listeningSession } from "../../src/driver-kit/listening-session.ts";
import { latin1 } from "../../src/driver-kit/text.ts";

const options = z.strictObject({
  quietMs: z.number().int().min(50).max(5000).default(300).describe("silence that ends a result"),
});

type Options = z.output<typeof options>;

/** A&D UA-767PC: the result that the meter sends after a measurement. Only listens. */
export const driver: Driver<Options> = {
  id: "and-ua-767",
  version: "1",
  input: "stream",
  integrity: "structure",
  options,
  session,
};

/** Ten hex digits and a line end; more than that is no result. */
const bound = 16;

function session({ quietMs }: Options): Session {
  return listeningSession({
    framer: gap({ bound }),
    silenceMs: quietMs,
    hear(frame, span) {
      const findings = decode(latin1(frame), span);
      return [findings === undefined ? { do: "discard", span, reason: "malformed" } : { do: "report", findings }];
    },
  });
}

const result = /^(8[0-3])([0-9A-F]{2})([0-9A-F]{2})([0-9A-F]{2})[0-9A-F]{2}\r?\n?$/;

/**
 * Status, pulse pressure, diastolic pressure and pulse, two hex digits each, and two of unknown meaning. The systolic
 * pressure is the sum of the first two, for the wire has no number of its own for it.
 */
function decode(text: string, span: Span): readonly Finding[] | undefined {
  const [, status, ...digits] = result.exec(text) ?? [];
  if (status === undefined) return undefined;
  const [pressure = 0, diastolic = 0, pulse = 0] = digits.map((two) => Number.parseInt(two, 16));
  const numbers = [
    ["SYS", pressure + diastolic],
    ["DIA", diastolic],
    ["PULSE", pulse],
  ] as const;
  const failed = status !== "80";
  if (!failed && (pressure === 0 || diastolic === 0)) return undefined;
  return numbers
    .filter(([, value]) => failed || value > 0)
    .map(([channel, value]) => ({
      channel,
      value: failed ? { kind: "absent", reason: "failed" } : { kind: "number", text: String(value) },
      kind: "patient",
      group: "result",
      ...(failed ? { flags: [`status ${status}`] } : {}),
      span,
    }));
}
