import type { BarcodeRule } from "../config/site.ts";

/** Identifiers that a rule's shape allows, some of each kind. `all`: every kind is among them. */
export interface Samples {
  readonly texts: readonly string[];
  readonly all: boolean;
}

const most = 1500;
const longest = 64;
const printable = Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i));
const usual = ["0", "9", "A", "Z", "a", "z"];
const nothing: Samples = { texts: [""], all: true };

/**
 * Texts that match a rule's pattern, its prefix left out: of each set of characters the first, the last and the usual
 * ones, in each number that is allowed. Undefined where the pattern says what this cannot follow (lookaround, words).
 */
export function samplesOf({ pattern, length }: Pick<BarcodeRule, "pattern" | "length">): Samples | undefined {
  if (pattern === undefined) return repeated({ texts: usual, all: true }, length?.[0] ?? 1, length?.[1] ?? longest);
  const read = alternatives(pattern, 0);
  return read?.at === pattern.length ? read.samples : undefined;
}

/** What was read of a pattern, and where the rest begins. */
type Read = { readonly samples: Samples; readonly at: number } | undefined;

function alternatives(pattern: string, from: number): Read {
  let samples: Samples = { texts: [], all: true };
  for (let at = from; ; at++) {
    const read = sequence(pattern, at);
    if (read === undefined) return undefined;
    samples = bounded([...samples.texts, ...read.samples.texts], samples.all && read.samples.all);
    at = read.at;
    if (pattern[at] !== "|") return { samples, at };
  }
}

function sequence(pattern: string, from: number): Read {
  let samples = nothing;
  let at = from;
  while (at < pattern.length && pattern[at] !== "|" && pattern[at] !== ")") {
    const one = atom(pattern, at);
    if (one === undefined) return undefined;
    const [sign = "", least, varies, limit] =
      /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/.exec(pattern.slice(one.at))?.slice(0) ?? [];
    at = one.at + sign.length;
    samples = joined(samples, repeated(one.samples, ...times(sign, least, varies, limit)));
  }
  return { samples, at };
}

function times(sign: string, least?: string, varies?: string, limit?: string): readonly [number, number] {
  if (sign === "") return [1, 1];
  if (least === undefined) return [sign.startsWith("+") ? 1 : 0, sign.startsWith("?") ? 1 : longest];
  const from = Number(least);
  return [from, varies === undefined ? from : Number(limit || longest)];
}

function atom(pattern: string, at: number): Read {
  const rest = pattern.slice(at);
  const group = /^\((?:\?:|\?<[^=!>]+>|(?!\?))/.exec(rest);
  if (group !== null) {
    const within = alternatives(pattern, at + group[0].length);
    return within === undefined || pattern[within.at] !== ")" ? undefined : { ...within, at: within.at + 1 };
  }
  if (/^(?:\(|[$^]|\\[bB])/.test(rest)) return undefined;
  const [set = ""] = /^(?:\[(?:\\.|[^\]])*\]|\\[pPu]\{[^}]*\}|\\.|.)/su.exec(rest) ?? [];
  const matches = new RegExp(`^${set}$`, "u");
  const fit = printable.filter((char) => matches.test(char));
  const edges = fit.filter((char, i) => {
    const code = char.charCodeAt(0);
    return fit[i - 1]?.charCodeAt(0) !== code - 1 || fit[i + 1]?.charCodeAt(0) !== code + 1;
  });
  const texts = [...new Set([...usual.filter((char) => fit.includes(char)), ...edges])];
  return { samples: { texts, all: texts.length > 0 }, at: at + set.length };
}

/** The same text so many times: a set of characters is tried with one of them throughout. */
function repeated({ texts, all }: Samples, least: number, limit: number): Samples {
  const end = Math.min(limit, Math.max(least, longest));
  const counts = Array.from({ length: Math.max(0, end - least + 1) }, (_, i) => least + i);
  return bounded([...new Set(counts.flatMap((n) => texts.map((text) => text.repeat(n))))], all);
}

function joined(left: Samples, right: Samples): Samples {
  const both = left.all && right.all;
  if (left.texts.length * right.texts.length <= most)
    return { texts: left.texts.flatMap((a) => right.texts.map((b) => a + b)), all: both };
  // Each of either side at least once.
  const length = Math.max(left.texts.length, right.texts.length);
  const pairs = Array.from(
    { length },
    (_, i) => `${left.texts[i % left.texts.length]}${right.texts[i % right.texts.length]}`,
  );
  return bounded(pairs, false);
}

function bounded(texts: readonly string[], all: boolean): Samples {
  const short = texts.filter((text) => text.length <= longest);
  return { texts: short.slice(0, most), all: all && short.length <= most };
}
