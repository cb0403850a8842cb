import { openUart, uartWrites } from "../../src/driver-kit/cp2110.ts";
import type { Conversation, Exchange, Heard, Question, Visit, Write } from "../../src/driver-kit/memory-session.ts";
import { commands, encodePacket, hexOf, type Packet, timeOf, word } from "./packets.ts";
import { findingOf } from "./results.ts";

const baudRate = 19_200;
const waitMs = 1000;
/** The meter may say that it has begun to communicate instead of answering; then the question is put again. */
const mostBeginnings = 3;
/** After so many results that do not come, the meter is gone. */
const mostMissing = 3;
/** More results than any of these meters is known to hold; more are no count. */
const mostResults = 5000;
/** In place of a number where the memory is empty. */
const none = 0xffff;

/** Conversations of one connection; the first of them sets up the UART. */
export function tdMeter(): (visit: Visit) => Conversation<Packet> {
  let setUp: readonly Write[] = openUart(baudRate);
  return function* (visit) {
    const first = setUp;
    setUp = [];
    return yield* read(visit, first);
  };
}

function* read(visit: Visit, first: readonly Write[]): Conversation<Packet> {
  const connected = [commands.connect, commands.model];
  if ((yield* exchange(commands.connect, undefined, connected, first)) === undefined) return { is: "absent" };
  const low = yield* exchange(commands.serialLow);
  const high = low && (yield* exchange(commands.serialHigh));
  if (low === undefined || high === undefined) return { is: "absent" };
  const serial = hexOf([...high.reply.bytes].reverse()) + hexOf([...low.reply.bytes].reverse());
  if (!visit.meet(serial)) return { is: "present" };

  const model = yield* exchange(commands.model);
  const clock = model && (yield* exchange(commands.readClock));
  if (model === undefined || clock === undefined) return { is: "cut" };
  const [tens, thousands] = model.reply.bytes;
  visit.identify({
    manufacturer: "TaiDoc",
    model: `TD-${hexOf([thousands, tens])}`,
    serial,
    clock: timeOf(clock.reply),
  });

  const counted = yield* exchange(commands.count);
  if (counted === undefined) return { is: "cut" };
  const [, , empty, full] = counted.reply.bytes;
  const count = word(counted.reply) === none || (empty | (full << 8)) === none ? 0 : word(counted.reply);
  if (count > mostResults) {
    visit.discard(counted.span, "malformed", `${count} results`);
    return { is: "cut" };
  }
  let missing = 0;
  for (let index = 0; index < count && missing < mostMissing; index++) {
    let record = yield* result(index);
    if (record === undefined) {
      // Time and value come apart: out of step, one could be taken for another's. So both sides begin anew.
      if ((yield* exchange(commands.connect, undefined, connected)) === undefined) return { is: "cut" };
      record = yield* result(index);
    }
    if (record === undefined) missing++;
    else visit.keep(findingOf(record.time.reply, record.value.reply, serial, record.value.span));
  }
  return { is: missing === 0 ? "complete" : "cut" };
}

interface Stored {
  readonly time: Heard<Packet>;
  readonly value: Heard<Packet>;
}

/** Both halves of one result, or neither. */
function* result(index: number): Generator<Question<Packet>, Stored | undefined, Heard<Packet> | undefined> {
  const which = [index & 0xff, index >> 8, 0, 0];
  const time = yield* exchange(commands.recordTime, which);
  if (time === undefined) return undefined;
  const value = yield* exchange(commands.recordValue, which);
  return value === undefined ? undefined : { time, value };
}

/** Asks one thing; `answers` are the commands that an answer may carry, by default the same one. */
function* exchange(
  command: number,
  bytes?: readonly number[],
  answers: readonly number[] = [command],
  first: readonly Write[] = [],
): Exchange<Packet> {
  let heard = yield question(command, bytes, answers, first);
  for (let began = 1; heard?.reply.command === commands.began && began <= mostBeginnings; began++)
    heard = yield question(command, bytes, answers, []);
  return heard?.reply.command === commands.began ? undefined : heard;
}

function question(
  command: number,
  bytes: readonly number[] | undefined,
  answers: readonly number[],
  first: readonly Write[],
): Question<Packet> {
  return {
    writes: [...first, ...uartWrites(encodePacket(command, bytes))],
    waitMs,
    accepts: (packet) => packet.command === commands.began || answers.includes(packet.command),
  };
}
