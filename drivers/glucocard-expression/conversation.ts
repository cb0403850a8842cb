import {
  ask,
  type Conversation,
  type Exchange,
  type Question,
  type Visit,
} from "../../src/driver-kit/memory-session.ts";
import { numbered } from "../../src/driver-kit/numbered.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { commands, type Packet, requestPacket } from "./packets.ts";
import { clockOf, findingOf, isEmpty } from "./results.ts";

const waitMs = 1000;
const resultMs = 5000;
/** All places of the memory are sent, those without a result too. */
const places = 300;

/** Asks a meter who it is, and for all places of its memory at once. */
export function* expression(visit: Visit): Conversation<Packet> {
  const alive = yield* request(commands.ping, ({ data }) => data[0] === 0x01);
  if (alive === undefined) return { is: "absent" };
  const named = yield* request(commands.serial, ({ data }) => serialOf(data) !== undefined);
  const serial = named && serialOf(named.reply.data);
  if (serial === undefined) return { is: "absent" };
  if (!visit.meet(serial)) return { is: "present" };

  const clock = yield* request(commands.clock, () => true);
  if (clock === undefined) return { is: "cut" };
  visit.identify({ manufacturer: "Arkray", serial, clock: clockOf(clock.reply.data) });

  let heard = yield { ...question(commands.results, () => true), waitMs: resultMs };
  const number = numbered();
  for (let n = 1; heard !== undefined; n++) {
    const { reply, span } = heard;
    if (!isEmpty(reply.data)) {
      const finding = findingOf(reply.data, serial, span);
      if (finding === undefined) {
        visit.discard(span, "checksum");
        return { is: "cut" };
      }
      visit.keep(number(finding));
    }
    if (n === places) return { is: "complete" };
    heard = yield { ...question(commands.results, () => true), writes: [], waitMs: resultMs };
  }
  return { is: "cut" };
}

/** Eight characters, the last one first. */
function serialOf(data: Uint8Array): string | undefined {
  const text = latin1(data.slice().reverse()).replace(/^[ \0]+|[ \0]+$/g, "");
  return /^[0-9A-Za-z-]{4,8}$/.test(text) ? text : undefined;
}

function* request(command: number, isAnswer: (packet: Packet) => boolean): Exchange<Packet> {
  return yield question(command, isAnswer);
}

function question(command: number, isAnswer: (packet: Packet) => boolean): Question<Packet> {
  return ask(requestPacket(command), waitMs, (packet) => packet.command === command && isAnswer(packet));
}
