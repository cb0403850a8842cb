import { hex, sum8 } from "../../src/driver-kit/checksums.ts";
import type { Measured, Weighing } from "../../src/driver-kit/scale.ts";
import { bytesOf, number } from "../../src/driver-kit/text.ts";
import type { DeviceIdentity } from "../../src/model/device.ts";
import type { DeviceTime } from "../../src/model/times.ts";

const start = "{0,16,";

/** Keys whose unit is that of the control keys; of the weights the first that is there counts. */
const weights = ["Wk", "Wp", "Wg"];
const withUnit = ["Hm", "fW", "MW", "mW", "bW", "wW"];
const withoutUnit = ["MI", "FW", "ww"];

/**
 * Reads one line without its CR LF: `{0,16,` then keys and values, then `CS` with the sum of all characters from `{` to
 * the comma before `CS`, as two hex digits. What stands before the last `{0,16,` is what some models send between two
 * measurements. A line without a sum is refused: nothing would show a lost digit.
 */
export function decode(line: string): Weighing {
  const at = line.lastIndexOf(start);
  if (at < 0) return { is: "malformed", detail: "no line of data" };
  const [, summed, checksum] = /^([ -~]*,)CS,([0-9A-F]{2})\}?$/.exec(line.slice(at)) ?? [];
  if (summed === undefined) return { is: "malformed", detail: "no checksum" };
  if (hex(sum8(bytesOf(summed)), 2) !== checksum) return { is: "checksum" };
  const fields = pairs(summed.slice(start.length));
  if (fields === undefined) return { is: "malformed", detail: "not keys and values" };

  const identity = identityOf(fields);
  const weight = weights.find((key) => fields.has(key));
  if (weight === undefined) return { is: "aside", ...identity };
  const unit = unitOf(fields);
  if (unit === undefined) return { is: "malformed", detail: "no unit" };

  const patient = text(fields, "ID") ?? "";
  const tare = number(fields.get("Pt") ?? "");
  const common = {
    ...(/^0*$/.test(patient) ? {} : { reported: { patient } }),
    ...time(fields),
    ...(tare === undefined || tare.value === 0 ? {} : { flags: [`Pt,${tare.text}`] }),
  };
  const measured = (key: string): readonly Measured[] => {
    const digits = number(fields.get(key) ?? "");
    // A zero stands for what was not measured: fat where nobody stood barefoot, height where none was entered.
    if (digits === undefined || digits.value === 0) return [];
    const carries = key === "Wk" || withUnit.includes(key) ? { unit } : {};
    return [{ channel: key, value: { kind: "number", text: digits.text }, ...carries, ...common }];
  };
  const weighed = measured(weight);
  if (weighed.length === 0) return { is: "unsettled" };
  return {
    is: "load",
    measured: [...weighed, ...[...withUnit, ...withoutUnit].flatMap(measured)],
    ...identity,
  };
}

/** Keys and values; nothing where a key comes twice, has no value, or a string is not closed. */
function pairs(source: string): ReadonlyMap<string, string> | undefined {
  const fields = new Map<string, string>();
  let at = 0;
  for (const match of source.matchAll(/([A-Za-z~][A-Za-z0-9]),("[^"]*"|[^",]*),/g)) {
    const [whole, key = "", value = ""] = match;
    if (match.index !== at || fields.has(key)) return undefined;
    fields.set(key, value);
    at += whole.length;
  }
  return at === source.length ? fields : undefined;
}

function text(fields: ReadonlyMap<string, string>, key: string): string | undefined {
  return /^"(.*)"$/.exec(fields.get(key) ?? "")?.[1];
}

/**
 * The unit system as the control keys write it: the one number that `~0` and those of `~1` and `~2` that are there agree
 * on, or all of them, which no profile knows.
 */
function unitOf(fields: ReadonlyMap<string, string>): string | undefined {
  const main = fields.get("~0");
  if (main === undefined || !/^[0-9]$/.test(main)) return undefined;
  const all = new Set(["~0", "~1", "~2"].flatMap((key) => fields.get(key) ?? []));
  return [...all].join("/");
}

function identityOf(fields: ReadonlyMap<string, string>): { readonly identity?: DeviceIdentity } {
  const model = text(fields, "MO");
  const serial = text(fields, "SN");
  if (model === undefined && serial === undefined) return {};
  const said = { ...(model === undefined ? {} : { model }), ...(serial === undefined ? {} : { serial }) };
  return { identity: { manufacturer: "Tanita", ...said } };
}

/**
 * The scale's clock, as written. The order of day and month differs by model, and the line comes right after the
 * measurement, so that its age is none and the clock is never needed.
 */
function time(fields: ReadonlyMap<string, string>): { readonly deviceTime?: DeviceTime; readonly ageMs?: number } {
  const date = text(fields, "DT") ?? text(fields, "Da") ?? text(fields, "DA");
  const clock = text(fields, "TI") ?? text(fields, "Ti");
  if (date === undefined || clock === undefined) return {};
  return { deviceTime: { text: `${date} ${clock}` }, ageMs: 0 };
}
