import { z } from "zod";
import type { Driver, Finding, Session, Span } from "../../src/driver-kit/contract.ts";
import { envelope } from "../../src/driver-kit/framers/envelope.ts";
import { listeningSession } from "../../src/driver-kit/listening-session.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { decode, type StoredMeasurement } from "./history.ts";

const options = z.strictObject({});
type Options = z.output<typeof options>;

/** Visomat Double Comfort and Prevention DS-2200PV: the history that the meter sends. Only listens. */
export const driver: Driver<Options> = {
  id: "visomat",
  version: "1",
  input: "stream",
  integrity: "structure",
  options,
  session,
};

/** STX, two users with 99 records of 20 characters at most, ETX. */
const bound = 4000;
/** The same without records. */
const shortest = 12;

function session(): Session {
  const framer = envelope({
    starts: ["\x02M1"],
    ends: ["\x03"],
    bound,
    check: (frame) => (frame.length < shortest ? "malformed" : "ok"),
  });
  return listeningSession({
    framer,
    hear(frame, span) {
      const measurements = decode(latin1(frame.subarray(1, -1)));
      if (measurements === undefined) return [{ do: "discard", span, reason: "malformed" }];
      if (measurements.length === 0) return [];
      return [{ do: "report", findings: measurements.flatMap((one) => findingsOf(one, span)) }];
    },
  });
}

/** The meter has no record numbers: user, time and the three values make a measurement this one. */
function findingsOf(
  { user, time, mark, systolic, diastolic, pulse }: StoredMeasurement,
  span: Span,
): readonly Finding[] {
  const identity = `${user} ${time.text} ${systolic} ${diastolic} ${pulse}`;
  const finding = (channel: string, text: string): Finding => ({
    channel,
    value: { kind: "number", text },
    kind: "patient",
    group: identity,
    deviceTime: time,
    identity,
    flags: [`user ${user}`, ...(mark === "0" ? [] : [`mark ${mark}`])],
    span,
  });
  return [
    finding("SYS", systolic),
    finding("DIA", diastolic),
    ...(Number(pulse) === 0 ? [] : [finding("PULSE", pulse)]),
  ];
}
