import type { Span } from "../../src/driver-kit/contract.ts";
import type { DeviceTime } from "../../src/model/times.ts";
import { date, deviceTime, type Line, serialNumber } from "./lines.ts";
import { type Dialect, type Result, resultOf } from "./results.ts";

/** What a whole dump says, once its sum is found right. */
export interface Dump {
  readonly serial: string;
  readonly firmware: string;
  readonly clock: DeviceTime;
  /** Newest first, as the meter keeps them. */
  readonly results: readonly { readonly result: Result; readonly span: Span }[];
}

export type Reading =
  | { readonly is: "more" }
  | { readonly is: "whole"; readonly dump: Dump }
  | { readonly is: "bad"; readonly reason: "checksum" | "malformed" };

const clockLine = new RegExp(`^${date} [0-9]{2}:[0-9]{2}:[0-9]{2}$`);
const endLine = /^0x([0-9A-Fa-f]{4})\s+END\s*$/;
const emptyLine = "Log Empty";

/**
 * Reads a dump line by line: an empty line, serial number, version, clock, number of results, the results, and the sum
 * of all of it. Nothing of it counts before the sum is found right.
 */
export function dumpReader(dialect: Dialect): (line: Line, span: Span) => Reading {
  let sum = 0;
  let at = 0;
  let sound = true;
  let count = 0;
  const head = { serial: "", firmware: "", clock: "" };
  const results: { result: Result; span: Span }[] = [];

  /** Whether a line may stand where it does. Blanks around it are padding. */
  function fits(padded: string, span: Span): boolean {
    const text = padded.trim();
    switch (at) {
      case 0:
        return text === "";
      case 1:
        head.serial = text;
        return serialNumber.test(head.serial);
      case 2:
        head.firmware = text;
        return /^[ -~]{1,24}$/.test(head.firmware);
      case 3:
        head.clock = text;
        return clockLine.test(head.clock);
      case 4:
        count = text === emptyLine ? 0 : Number(text);
        return text === emptyLine || /^[0-9]{3}$/.test(text);
      default: {
        const result = results.length < count ? resultOf(text, dialect) : undefined;
        if (result !== undefined) results.push({ result, span });
        return result !== undefined;
      }
    }
  }

  return (line, span) => {
    const printed = endLine.exec(line.text)?.[1];
    if (printed === undefined) {
      sum = (sum + line.sum) & 0xffff;
      sound &&= fits(line.text, span);
      at++;
      return { is: "more" };
    }
    if (Number.parseInt(printed, 16) !== sum) return { is: "bad", reason: "checksum" };
    if (!sound || at < 5 || results.length !== count) return { is: "bad", reason: "malformed" };
    const { serial, firmware, clock } = head;
    return { is: "whole", dump: { serial, firmware, clock: deviceTime(clock), results } };
  };
}
