import { wallTime } from "../../src/driver-kit/wall-clock.ts";
import type { DeviceTime } from "../../src/model/times.ts";
import { hex } from "./reader.ts";

/**
 * An absolute time: eight bytes of two decimal digits each, `YYYY MM DD hh mm ss cc`, kept as they are written. A clock
 * that was never set (all zeros, all ones, a date that is in no calendar) has no wall time. Nothing where it is no time.
 */
export function deviceTime(bytes: Uint8Array): DeviceTime | undefined {
  const text = hex(bytes);
  if (/^(?:0{16}|f{16})$/.test(text)) return { text };
  if (!/^(?:19|20)\d{14}$/.test(text)) return undefined;
  const part = (from: number, to: number) => Number(text.slice(from, to));
  const local = wallTime(part(0, 4), part(4, 6), part(6, 8), part(8, 10), part(10, 12), part(12, 14));
  return { text, ...(local === undefined ? {} : { local }) };
}
