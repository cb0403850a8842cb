import { envelope } from "../../src/driver-kit/framers/envelope.ts";
import type { Framer } from "../../src/driver-kit/framers/piece.ts";

/** The one command that this driver sends: what the monitor shows now. */
export const command = "P";

/** One reply to it. A number is three digits at most, without its blanks; absent where the monitor writes `--`. */
export interface Reply {
  readonly saturation?: string;
  readonly rate?: string;
  readonly systolic?: string;
  readonly mean?: string;
  readonly diastolic?: string;
  /** Three status fields as written; what they mean is not documented. */
  readonly status: string;
  /** Minutes since the last determination of the cuff. */
  readonly minutes?: number;
}

/** Replies begin with the command's letter and a colon, and end with CR LF. */
export function replyFramer(): Framer {
  return envelope({ starts: ["P:"], ends: ["\r\n"], bound: 64 });
}

const value = " *([0-9]{1,3}|--) *";
const fields = new RegExp(
  `^P:${value},${value},${value},${value},${value},([0-9]{3}),([0-9]{3}),([0-9]{3}), *([0-9]{1,3}|--) *\r\n$`,
);

/** Reads a frame. Nothing where it does not have the nine documented fields. */
export function decode(text: string): Reply | undefined {
  const match = fields.exec(text);
  if (match === null) return undefined;
  const [, spo2, pr, sys, map, dia, st0, st1, st2, age = "--"] = match;
  return {
    ...present("saturation", spo2),
    ...present("rate", pr),
    ...present("systolic", sys),
    ...present("mean", map),
    ...present("diastolic", dia),
    status: `${st0} ${st1} ${st2}`,
    ...(age === "--" ? {} : { minutes: Number(age) }),
  };
}

/** Zero is no rate, saturation or pressure of anybody. */
function present<K extends string>(name: K, text: string | undefined): { readonly [P in K]?: string } {
  return text === undefined || text === "--" || Number(text) === 0 ? {} : ({ [name]: text } as { [P in K]: string });
}
