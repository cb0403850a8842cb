import type { Conversation, Exchange, Visit, Write } from "../../src/driver-kit/memory-session.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { clockTime, findingOf } from "./findings.ts";
import { encodeFrame, type Frame, hasForm, littleEndian, unsigned } from "./frames.ts";

/** Bits of a frame's control byte. */
const disconnect = 0x08;
const acknowledge = 0x04;

const waitMs = 1000;
const sinceYear = 1970;
/** After so many records that do not come, the meter is gone. */
const mostMissing = 3;
/** What the memory holds; asking for one more answers with how many there are. */
const capacity = 500;
const marks = { low: 0xfffe, high: 0xffff } as const;

const requests = {
  serial: [0x05, 0x0b, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  version: [0x05, 0x0d, 0x02],
  clock: [0x05, 0x20, 0x02, 0, 0, 0, 0],
  count: [0x05, 0x1f, ...littleEndian(capacity + 1, 2)],
  record: (index: number) => [0x05, 0x1f, ...littleEndian(index, 2)],
} as const;

/** No two of these answers have the same form, so that one that comes late is not taken for another. */
const answers = {
  serial: (payload: Uint8Array) =>
    hasForm(payload, [0x05, 0x06], 8, true) && /^[0-9A-Z]{6,20}$/.test(latin1(payload.subarray(2))),
  version: (payload: Uint8Array) => hasForm(payload, [0x05, 0x06], 4, true) && payload[2] === payload.length - 3,
  clock: (payload: Uint8Array) => hasForm(payload, [0x05, 0x06], 6),
  count: (payload: Uint8Array) => hasForm(payload, [0x05, 0x0f], 4) && unsigned(payload, 2, 2) <= capacity,
  record: (payload: Uint8Array) => hasForm(payload, [0x05, 0x06], 10) && unsigned(payload, 6, 4) <= marks.high,
} as const;

/** The OneTouch UltraMini and UltraEasy: stop and wait, each side acknowledging the other's frames. */
export function* ultraMini(visit: Visit): Conversation<Frame> {
  /** Parity of the frames that we sent, and of those that we received. */
  let sent = 0;
  let received = 0;
  /** The acknowledgement that goes out ahead of the next request. */
  let owed: readonly Write[] = [];
  const write = (control: number, payload: readonly number[] = []): Write => ({
    do: "write",
    bytes: encodeFrame(control | (received << 1) | sent, payload),
  });

  function* request(payload: readonly number[], isAnswer: (payload: Uint8Array) => boolean): Exchange<Frame> {
    const writes = [...owed, write(0, payload)];
    owed = [];
    const taken = yield { writes, waitMs, accepts: (frame) => isLink(frame, acknowledge) };
    if (taken === undefined) return undefined;
    sent ^= 1;
    const answer = yield {
      writes: [],
      waitMs,
      accepts: (frame) => (frame.control & acknowledge) === 0 && isAnswer(frame.payload),
    };
    if (answer === undefined) return undefined;
    received ^= 1;
    owed = [write(acknowledge)];
    return answer;
  }

  function* link(): Exchange<Frame> {
    sent = 0;
    received = 0;
    owed = [];
    const accepts = (frame: Frame) => isLink(frame, disconnect) || isLink(frame, acknowledge);
    return yield { writes: [write(disconnect)], waitMs, accepts };
  }

  if ((yield* link()) === undefined) return { is: "absent" };

  const named = yield* request(requests.serial, answers.serial);
  if (named === undefined) return { is: "absent" };
  const serial = latin1(named.reply.payload.subarray(2));
  if (!visit.meet(serial)) return { is: "present", farewell: owed };

  const version = yield* request(requests.version, answers.version);
  if (version === undefined) return { is: "cut" };
  const clock = yield* request(requests.clock, answers.clock);
  if (clock === undefined) return { is: "cut" };
  visit.identify({
    manufacturer: "LifeScan",
    model: "OneTouch UltraMini",
    serial,
    firmware: latin1(version.reply.payload.subarray(3)),
    clock: clockTime(unsigned(clock.reply.payload, 2, 4), sinceYear),
  });

  const counted = yield* request(requests.count, answers.count);
  if (counted === undefined) return { is: "cut" };
  const count = unsigned(counted.reply.payload, 2, 2);
  let missing = 0;
  for (let index = 0; index < count && missing < mostMissing; index++) {
    let record = yield* request(requests.record(index), answers.record);
    // Each record stands alone: after a fresh start it is asked once more, and then done without.
    if (record === undefined && (yield* link()) !== undefined)
      record = yield* request(requests.record(index), answers.record);
    if (record === undefined) {
      missing++;
      continue;
    }
    const { payload } = record.reply;
    const result = { seconds: unsigned(payload, 2, 4), sinceYear, stored: unsigned(payload, 6, 4), marks };
    visit.keep(findingOf({ ...result, control: false, flags: [] }, serial, record.span));
  }
  return { is: missing === 0 ? "complete" : "cut", farewell: owed };
}

/** A frame without a payload and with this bit. */
function isLink({ control, payload }: Frame, bit: number): boolean {
  return payload.length === 0 && (control & bit) !== 0;
}
