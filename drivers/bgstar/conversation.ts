import type { Finding, Span } from "../../src/driver-kit/contract.ts";
import type { Conversation, Exchange, Heard, Question, Visit } from "../../src/driver-kit/memory-session.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";
import { wallTime } from "../../src/driver-kit/wall-clock.ts";
import type { DeviceTime } from "../../src/model/times.ts";

const waitMs = 1000;
/** Asked so often for two answers that are the same. */
const mostAnswers = 4;
/** After so many results that do not come, the meter is gone. */
const mostMissing = 3;

const forms = {
  hello: /^200 hello ([0-9A-Za-z-]{1,20})$/,
  serial: /^200 (?:serial )?([0-9A-Za-z-]{4,20})$/,
  unit: /^200 (?:gluunit )?(mg\/dL|mmol\/L)$/,
  clock: /^200 (?:datetime )?([0-9]{4}(?: [0-9]{1,2}){5})$/,
  count: /^200 (?:glucount )?([0-9]{1,4})$/,
  record:
    /^200 glurec [0-9A-Za-z.-]{1,12} [0-9A-Za-z.-]{1,12} ([0-9]{1,3}(?:\.[0-9])?) ([0-9]) ([0-9]{4}(?: [0-9]{1,2}){5})$/,
} as const;

const meals: Readonly<Record<string, string>> = {
  "1": "before breakfast",
  "2": "after breakfast",
  "3": "before lunch",
  "4": "after lunch",
  "5": "before dinner",
  "6": "after dinner",
};

/**
 * Asks a meter for everything that it has. Nothing on the line guards an answer, so each one counts only when it has
 * come twice in the same words.
 */
export function* bgStar(visit: Visit): Conversation<string> {
  if ((yield* once("hello", forms.hello)) === undefined) return { is: "absent" };
  const named = yield* twice("get serial", forms.serial);
  if (named === undefined) return { is: "absent" };
  const [, serial = ""] = forms.serial.exec(named.reply) ?? [];
  if (!visit.meet(serial)) return { is: "present" };

  const unitIs = yield* twice("get gluunit", forms.unit);
  // A clock that goes on between two answers is not the same twice.
  const clock = unitIs && (yield* once("get datetime", forms.clock));
  const counted = clock && (yield* twice("get glucount", forms.count));
  if (unitIs === undefined || clock === undefined || counted === undefined) return { is: "cut" };
  const [, unit = ""] = forms.unit.exec(unitIs.reply) ?? [];
  const [, time = ""] = forms.clock.exec(clock.reply) ?? [];
  visit.identify({ manufacturer: "Sanofi", model: "BGStar", serial, clock: timeOf(time) });

  const [, count] = forms.count.exec(counted.reply) ?? [];
  let missing = 0;
  for (let index = 0; index < Number(count) && missing < mostMissing; index++) {
    const record = yield* twice(`get glurec ${index}`, forms.record);
    if (record === undefined) missing++;
    else visit.keep(findingOf(record.reply, unit, serial, record.span));
  }
  return { is: missing === 0 ? "complete" : "cut" };
}

function question(command: string, form: RegExp): Question<string> {
  const write = { do: "write", bytes: bytesOf(`${command}\r`) } as const;
  return { writes: [write], waitMs, accepts: (line) => form.test(line) };
}

function* once(command: string, form: RegExp): Exchange<string> {
  return yield question(command, form);
}

function* twice(command: string, form: RegExp): Exchange<string> {
  let before: Heard<string> | undefined;
  for (let n = 0; n < mostAnswers; n++) {
    const heard = yield question(command, form);
    if (heard !== undefined && heard.reply === before?.reply) return heard;
    before = heard;
  }
  return undefined;
}

/** A result as a finding: what it says without the two fields that are not told, which may count from the newest. */
function findingOf(line: string, unit: string, serial: string, span: Span): Finding & { readonly identity: string } {
  const [, digits = "", meal = "", time = ""] = forms.record.exec(line) ?? [];
  const flags = meal === "0" ? [] : [meals[meal] ?? `meal ${meal}`];
  return {
    channel: "glucose",
    value:
      Number(digits) === 0
        ? { kind: "absent", reason: "not-measured", text: digits }
        : { kind: "number", text: digits },
    unit,
    kind: "patient",
    deviceTime: timeOf(time),
    ...(flags.length > 0 ? { flags } : {}),
    // Without the meal, which may be set later.
    identity: `${serial} ${time} ${digits}`,
    span,
  };
}

/** `YYYY M D h m s`, local time. */
function timeOf(text: string): DeviceTime {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = text.split(" ").map(Number);
  const local = wallTime(year, month, day, hour, minute, second);
  return { text, ...(local === undefined ? {} : { local }) };
}
