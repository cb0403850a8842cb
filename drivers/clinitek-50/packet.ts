import { hex, sum8 } from "../../src/driver-kit/checksums.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { wallTime } from "../../src/driver-kit/wall-clock.ts";
import type { DeviceTime } from "../../src/model/times.ts";

/** In which order the analyzer writes year, month and day: a setting of its own. */
export type DateOrder = "ymd" | "dmy" | "mdy";

/** A line of a strip: one pad. */
export interface Pad {
  readonly analyte: string;
  readonly abnormal: boolean;
  readonly text: string;
}

export type Packet =
  | { readonly is: "identification"; readonly software: string; readonly time: DeviceTime }
  | {
      readonly is: "result";
      readonly sequence: string;
      readonly time: DeviceTime;
      /** Colour and clarity, as entered or read. */
      readonly appearance: string;
      readonly pads: readonly Pad[];
    };

/** Whether the two hex digits before ETX are the sum of all bytes between STX and themselves. */
export function check(frame: Uint8Array): "ok" | "checksum" {
  const digits = latin1(frame.subarray(-3, -1)).toUpperCase();
  return hex(sum8(frame.subarray(1, -3)), 2) === digits ? "ok" : "checksum";
}

/** Reads a packet whose sum is right, from STX to ETX; nothing where its lines are not of the two known kinds. */
export function readPacket(frame: Uint8Array, order: DateOrder): Packet | undefined {
  const text = latin1(frame.subarray(1, -3));
  if (!text.startsWith("\r\n") || !text.endsWith("\r\n")) return undefined;
  const [first = "", second = "", ...rest] = text.slice(2, -2).split("\r\n");
  const head = /^6510.{2}(\d\d\.\d\d) (\d{6})(\d{4})$/.exec(first);
  if (head === null || rest.length === 0) return undefined;
  const [, software = "", date = "", clock = ""] = head;
  const time = timeOf(date, clock, order);
  if (/^[A-Z]+ - \S/i.test(second)) return { is: "identification", software, time };
  const [, sequence, appearance = ""] = /^(\d{3})(?: (.*))?$/.exec(second) ?? [];
  const pads = rest.map(readPad);
  if (sequence === undefined || !pads.every((pad) => pad !== undefined)) return undefined;
  return { is: "result", sequence, time, appearance: appearance.trim(), pads };
}

/** Columns 0 to 2 the analyte, 3 a `*` where it is abnormal, from 5 the value with its unit. */
function readPad(line: string): Pad | undefined {
  const [, analyte, mark, text] = /^([A-Za-z][A-Za-z0-9 ]{2})([* ])(?: (.{0,15}))?$/.exec(line) ?? [];
  return analyte === undefined
    ? undefined
    : { analyte: analyte.trim(), abnormal: mark === "*", text: (text ?? "").trim() };
}

function timeOf(date: string, clock: string, order: DateOrder): DeviceTime {
  const part = (of: string) => Number(date.slice(order.indexOf(of) * 2, order.indexOf(of) * 2 + 2));
  // The instrument is of the nineties.
  const year = part("y") + (part("y") < 80 ? 2000 : 1900);
  const local = wallTime(year, part("m"), part("d"), Number(clock.slice(0, 2)), Number(clock.slice(2)));
  return { text: `${date}${clock}`, ...(local === undefined ? {} : { local }) };
}
