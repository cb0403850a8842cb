import type { Conversation, Visit } from "../../src/driver-kit/memory-session.ts";
import { openMailbox } from "./mailbox.ts";
import { clockTime, findingOf, isRecord, resultOf } from "./results.ts";
import { type Reply, unsigned } from "./transport.ts";

/** After so many records that do not come, the meter is gone. */
const mostMissing = 3;

/** Texts are UTF-16, low byte first, and end with a zero. */
function textOf(contents: Uint8Array | undefined): string | undefined {
  if (contents === undefined) return undefined;
  const units = Array.from({ length: contents.length >> 1 }, (_, i) => unsigned(contents.subarray(2 * i, 2 * i + 2)));
  const end = units.indexOf(0);
  const text = String.fromCharCode(...(end < 0 ? [] : units.slice(0, end)));
  return /^[\x20-\x7e]{1,60}$/.test(text) ? text.trim() : undefined;
}

/** A text that is none of those before: the mailbox may still show the answer to an earlier request. */
const isTextBeside =
  (...before: readonly string[]) =>
  (contents: Uint8Array) => {
    const text = textOf(contents);
    return text !== undefined && text !== "" && !before.includes(text);
  };
const isSerial = (contents: Uint8Array) => /^[0-9A-Za-z-]{4,24}$/.test(textOf(contents) ?? "");
const isClock = (contents: Uint8Array) => contents.length === 4;
const isCount = (contents: Uint8Array) => contents.length === 2;

/** Both gates, who it is, then its memory, the newest result first. */
export function verio(nextTag: () => number): (visit: Visit) => Conversation<Reply> {
  let isAnother = false;
  return function* (visit) {
    // A disk that is none of ours is left in peace for as long as it is there.
    if (isAnother) return { is: "absent" };
    const mailbox = yield* openMailbox(visit, nextTag);
    isAnother = mailbox === "another disk";
    if (mailbox === undefined || mailbox === "another disk") return { is: "absent" };
    const serial = textOf((yield* mailbox.request("serial", isSerial))?.contents);
    if (serial === undefined) return { is: "absent" };
    if (!visit.meet(serial)) return { is: "present" };

    const model = textOf((yield* mailbox.request("model", isTextBeside(serial)))?.contents);
    if (model === undefined) return { is: "cut" };
    const firmware = textOf((yield* mailbox.request("software", isTextBeside(serial, model)))?.contents);
    const clock = yield* mailbox.request("clock", isClock);
    if (clock === undefined) return { is: "cut" };
    visit.identify({
      manufacturer: "LifeScan",
      model,
      serial,
      ...(firmware === undefined ? {} : { firmware }),
      clock: clockTime(unsigned(clock.contents)),
    });

    const counted = yield* mailbox.request("count", isCount);
    if (counted === undefined) return { is: "cut" };
    const count = unsigned(counted.contents);
    const seen = new Set<number>();
    let missing = 0;
    for (let index = 0; index < count && missing < mostMissing; index++) {
      // Each result has its own number, so one that is there already is the answer to an earlier request.
      const isNext = (contents: Uint8Array) => isRecord(contents) && !seen.has(resultOf(contents).number);
      // Each record stands alone: it is asked once more, and then done without.
      let record = yield* mailbox.request({ record: index }, isNext);
      record ??= yield* mailbox.request({ record: index }, isNext);
      if (record === undefined) {
        missing++;
        continue;
      }
      const result = resultOf(record.contents);
      seen.add(result.number);
      visit.keep(findingOf(result, serial, record.span));
    }
    return { is: missing === 0 ? "complete" : "cut" };
  };
}
