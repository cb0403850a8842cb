import type { Finding, Span } from "../../src/driver-kit/contract.ts";
import type { DeviceTime } from "../../src/model/times.ts";
import { date, deviceTime } from "./lines.ts";

/** Which meters: they print results alike but for one field, and mean other things by the last one. */
export type Dialect = "freestyle-lite" | "optium";

/** A stored result. `stored` is three digits, `HI` or `LO`. */
export interface Result {
  readonly channel: "glucose" | "ketone";
  readonly stored: string;
  readonly time: DeviceTime;
  readonly control: boolean;
  readonly flags: readonly string[];
}

/** The meters show LO below and HI above these: a limit, not a number. */
const glucose = { lowest: 20, highest: 500 } as const;
const ketoneHighest = "8.0";

/** `105  Mar  14 2021 08:07 00 0x00`: value, time, plasma type or G|K, flags. */
const forms = {
  "freestyle-lite": new RegExp(
    `^([0-9]{3}|HI |LO ) {2}(${date} [0-9]{2}:[0-9]{2}) ([0-9A-Fa-f]{2}) 0x([0-9A-Fa-f]{2})$`,
  ),
  optium: new RegExp(`^([0-9]{3}|HI |LO ) {2}(${date} [0-9]{2}:[0-9]{2}) ([GK]) 0x([0-9A-Fa-f]{2})$`),
} as const;

/** Reads a line of a dump; nothing where it is none of a result. */
export function resultOf(text: string, dialect: Dialect): Result | undefined {
  const [, stored, time, type, flags] = forms[dialect].exec(text) ?? [];
  if (stored === undefined || time === undefined || type === undefined || flags === undefined) return undefined;
  const bits = Number.parseInt(flags, 16);
  const clockLost = dialect === "optium" && (bits & 0x02) !== 0;
  const known = dialect === "optium" ? 0x03 : 0x01;
  return {
    channel: type === "K" ? "ketone" : "glucose",
    stored: stored.trim(),
    time: clockLost ? { text: time } : deviceTime(time),
    control: (bits & 0x01) !== 0,
    flags: [...(clockLost ? ["clock lost"] : []), ...((bits & ~known) === 0 ? [] : [`code 0x${flags}`])],
  };
}

/** What a result says of itself; two of the same minute may say the same. */
export function keyOf({ channel, stored, time, control }: Result): string {
  return `${time.text} ${channel} ${stored}${control ? " control" : ""}`;
}

/** A result as a finding, under a name that stays the same whenever it is read. */
export function findingOf(result: Result, identity: string, span: Span): Finding & { readonly identity: string } {
  const flags = [...result.flags, ...(result.channel === "ketone" ? [`stored ${result.stored}`] : [])];
  return {
    channel: result.channel,
    value: result.channel === "ketone" ? ketoneValue(result.stored) : glucoseValue(result.stored),
    kind: result.control ? "control" : "patient",
    deviceTime: result.time,
    ...(flags.length > 0 ? { flags } : {}),
    identity,
    span,
  };
}

function glucoseValue(stored: string): Finding["value"] {
  if (stored === "000") return { kind: "absent", reason: "not-measured", text: stored };
  const value = Number(stored);
  if (stored === "LO" || value < glucose.lowest) return { kind: "number", text: String(glucose.lowest), bound: "<" };
  if (stored === "HI" || value > glucose.highest) return { kind: "number", text: String(glucose.highest), bound: ">" };
  return { kind: "number", text: stored };
}

/**
 * Ketone is stored as eighteenths of a mmol/L, cut to a whole number; the screen shows tenths. The nearest tenth gives
 * the screen's number back, for a cut takes off at most 0.8 of an eighteenth of what stands for a tenth.
 */
function ketoneValue(stored: string): Finding["value"] {
  if (stored === "LO") return { kind: "absent", reason: "out-of-range", text: stored };
  const tenths = Math.floor((Number(stored) * 10 + 9) / 18);
  if (stored === "HI" || tenths > 80) return { kind: "number", text: ketoneHighest, bound: ">" };
  return { kind: "number", text: `${Math.floor(tenths / 10)}.${tenths % 10}` };
}
