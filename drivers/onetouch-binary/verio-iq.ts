import { ask, type Conversation, type Exchange, type Visit } from "../../src/driver-kit/memory-session.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { clockTime, findingOf, type Result } from "./findings.ts";
import { encodeFrame, type Frame, hasForm, littleEndian, unsigned } from "./frames.ts";

const waitMs = 1000;
const sinceYear = 2000;
/** After so many records that do not come, the meter is gone. */
const mostMissing = 3;
const meals: Readonly<Record<number, string>> = { 1: "before meal", 2: "after meal" };

const requests = {
  serial: [0x03, 0x0b, 0x01, 0x02],
  version: [0x03, 0x0d, 0x01],
  clock: [0x03, 0x20, 0x02],
  count: [0x03, 0x27, 0x00],
  record: (index: number) => [0x03, 0x21, ...littleEndian(index, 2)],
} as const;

/** No two of these answers have the same form, so that one that comes late is not taken for another. */
const answers = {
  serial: (payload: Uint8Array) =>
    hasForm(payload, [0x03, 0x06], 9, true) && /^[0-9A-Z]{6,20}$/.test(withoutNul(payload.subarray(2))),
  version: (payload: Uint8Array) => hasForm(payload, [0x03, 0x06], 5, true) && (payload[2] ?? 0) < payload.length - 2,
  clock: (payload: Uint8Array) => hasForm(payload, [0x03, 0x06], 6),
  count: (payload: Uint8Array) => hasForm(payload, [0x03, 0x06], 4),
  record: (payload: Uint8Array) => hasForm(payload, [0x03, 0x06], 12),
} as const;

/** The OneTouch Verio IQ: one request, one response. */
export function* verioIq(visit: Visit): Conversation<Frame> {
  const request = function* (payload: readonly number[], isAnswer: (payload: Uint8Array) => boolean): Exchange<Frame> {
    return yield ask(encodeFrame(0, payload), waitMs, (frame) => isAnswer(frame.payload));
  };

  const named = yield* request(requests.serial, answers.serial);
  if (named === undefined) return { is: "absent" };
  const serial = withoutNul(named.reply.payload.subarray(2));
  if (!visit.meet(serial)) return { is: "present" };

  const version = yield* request(requests.version, answers.version);
  if (version === undefined) return { is: "cut" };
  const clock = yield* request(requests.clock, answers.clock);
  if (clock === undefined) return { is: "cut" };
  const { payload: text } = version.reply;
  visit.identify({
    manufacturer: "LifeScan",
    model: "OneTouch Verio IQ",
    serial,
    firmware: withoutNul(text.subarray(3, 3 + (text[2] ?? 0))),
    clock: clockTime(unsigned(clock.reply.payload, 2, 4), sinceYear),
  });

  const counted = yield* request(requests.count, answers.count);
  if (counted === undefined) return { is: "cut" };
  const count = unsigned(counted.reply.payload, 2, 2);
  let missing = 0;
  for (let index = 0; index < count && missing < mostMissing; index++) {
    // Each record stands alone: it is asked once more, and then done without.
    let record = yield* request(requests.record(index), answers.record);
    record ??= yield* request(requests.record(index), answers.record);
    if (record === undefined) {
      missing++;
      continue;
    }
    visit.keep(findingOf(resultOf(record.reply.payload), serial, record.span));
  }
  return { is: missing === 0 ? "complete" : "cut" };
}

function resultOf(payload: Uint8Array): Result {
  const control = unsigned(payload, 8, 1);
  const meal = unsigned(payload, 9, 1);
  return {
    seconds: unsigned(payload, 2, 4),
    sinceYear,
    stored: unsigned(payload, 6, 2),
    // Only 0 and 1 are documented; what else it may be is surely not a patient's plain result.
    control: control !== 0,
    flags: [
      ...(control > 1 ? [`control code ${control}`] : []),
      ...(meal === 0 ? [] : [meals[meal] ?? `meal code ${meal}`]),
    ],
  };
}

/** A text whose end is marked by bytes of zero. */
function withoutNul(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return latin1(end < 0 ? bytes : bytes.subarray(0, end));
}
