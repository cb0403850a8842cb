import type { Span } from "../../src/driver-kit/contract.ts";
import type { Kept } from "../../src/driver-kit/memory-session.ts";
import { wallTime } from "../../src/driver-kit/wall-clock.ts";
import type { DeviceTime } from "../../src/model/times.ts";

/**
 * A stored reading of 13 bytes: year (20yy), month, day, hour, minute, second, two unknown, systolic, diastolic, pulse,
 * and two bytes of flags that were zero in all recordings. Nothing where a pressure or the pulse is zero, or they are
 * the wrong way round.
 */
export function readingOf(data: Uint8Array, bank: number, span: Span): readonly [Kept, ...Kept[]] | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, , , systolic = 0, diastolic = 0, pulse = 0] =
    data;
  if (diastolic === 0 || pulse === 0 || systolic <= diastolic) return undefined;
  const deviceTime = timeOf(year, month, day, hour, minute, second);
  const marks = [data[11] ?? 0, data[12] ?? 0];
  const identity = `${bank} ${deviceTime.text} ${systolic}/${diastolic} ${pulse}`;
  const common = {
    kind: "patient",
    group: identity,
    deviceTime,
    flags: [`bank ${bank}`, ...(marks.some((mark) => mark !== 0) ? [`marks ${marks.map(hex).join(" ")}`] : [])],
    identity,
    span,
  } as const;
  return [
    { ...common, channel: "SYS", value: { kind: "number", text: String(systolic) } },
    { ...common, channel: "DIA", value: { kind: "number", text: String(diastolic) } },
    { ...common, channel: "PULSE", value: { kind: "number", text: String(pulse) } },
  ];
}

/** The monitor's clock as its bytes read; `local` where that is in a calendar, for an unset clock is not. */
function timeOf(year: number, month: number, day: number, hour: number, minute: number, second: number): DeviceTime {
  const local = wallTime(2000 + year, month, day, hour, minute, second);
  const text = `${2000 + year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}`;
  return local === undefined ? { text } : { text, local };
}

const two = (value: number) => String(value).padStart(2, "0");
const hex = (value: number) => value.toString(16).toUpperCase().padStart(2, "0");
