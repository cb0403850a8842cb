import type { CaptureLine } from "../../../src/driver-kit/capture.ts";
import { joined } from "../../../src/driver-kit/replay.ts";

/** A capture with one fault, and what the fault is. */
export interface Damaged {
  readonly what: string;
  readonly lines: readonly CaptureLine[];
}

/** How many damaged captures of a kind are tried; of more possible ones, as many spread over the whole. */
const most = 2000;

/** All bytes from the instrument, end to end. */
export function input(lines: readonly CaptureLine[]): Uint8Array {
  return joined(lines.flatMap((line) => ("in" in line ? [line.in] : [])));
}

/** Every place of a capture's input: the line's index and the offset in it. */
function places(lines: readonly CaptureLine[]): { readonly line: number; readonly offset: number }[] {
  return lines.flatMap((line, i) => ("in" in line ? [...line.in].map((_, offset) => ({ line: i, offset })) : []));
}

function* spread(count: number): Iterable<number> {
  const tried = Math.min(count, most);
  for (let i = 0; i < tried; i++) yield Math.floor((i * count) / tried);
}

function changed(
  lines: readonly CaptureLine[],
  index: number,
  change: (bytes: Uint8Array) => Uint8Array,
): readonly CaptureLine[] {
  return lines.map((line, i) => (i === index && "in" in line ? { ...line, in: change(line.in) } : line));
}

/** Each bit turned over. */
export function* bitsFlipped(lines: readonly CaptureLine[]): Iterable<Damaged> {
  const all = places(lines);
  for (const n of spread(all.length * 8)) {
    const place = all[n >> 3];
    if (place === undefined) continue;
    // Where only some are tried, not always the same bit of a byte.
    const bit = all.length * 8 <= most ? n & 7 : (n * 5 + (n >> 3)) & 7;
    yield {
      what: `bit ${bit} of byte ${n >> 3} flipped`,
      lines: changed(lines, place.line, (bytes) => bytes.map((b, i) => (i === place.offset ? b ^ (1 << bit) : b))),
    };
  }
}

/** Each byte left out. */
export function* bytesLost(lines: readonly CaptureLine[]): Iterable<Damaged> {
  const all = places(lines);
  for (const n of spread(all.length)) {
    const place = all[n];
    if (place === undefined) continue;
    yield {
      what: `byte ${n} lost`,
      lines: changed(lines, place.line, (bytes) => bytes.filter((_, i) => i !== place.offset)),
    };
  }
}

/** Each byte twice. */
export function* bytesDoubled(lines: readonly CaptureLine[]): Iterable<Damaged> {
  const all = places(lines);
  for (const n of spread(all.length)) {
    const place = all[n];
    if (place === undefined) continue;
    const { offset } = place;
    yield {
      what: `byte ${n} doubled`,
      lines: changed(lines, place.line, (bytes) => joined([bytes.subarray(0, offset + 1), bytes.subarray(offset)])),
    };
  }
}

/** The connection lost, or the line dead, after each byte. */
export function* cutsShort(lines: readonly CaptureLine[]): Iterable<Damaged> {
  const all = places(lines);
  for (const n of spread(all.length)) {
    const place = all[n];
    const line = place === undefined ? undefined : lines[place.line];
    if (place === undefined || line === undefined || !("in" in line)) continue;
    const kept = [...lines.slice(0, place.line), { ...line, in: line.in.subarray(0, place.offset) }];
    yield { what: `closed after ${n} bytes`, lines: kept };
    yield { what: `silent after ${n} bytes`, lines: [...kept, { ms: line.ms + 60_000, event: "end" }] };
  }
}

/** For links that deliver whole reports: each report left out, and each twice. */
export function* reportsLost(lines: readonly CaptureLine[]): Iterable<Damaged> {
  for (const [i, line] of lines.entries())
    if ("in" in line) yield { what: `line ${i} lost`, lines: lines.filter((_, n) => n !== i) };
}

export function* reportsDoubled(lines: readonly CaptureLine[]): Iterable<Damaged> {
  for (const [i, line] of lines.entries())
    if ("in" in line) yield { what: `line ${i} doubled`, lines: [...lines.slice(0, i + 1), ...lines.slice(i)] };
}

/** Noise right before the capture, which then comes a second time, for a line without a start mark is lost to noise. */
export function* noiseBefore(lines: readonly CaptureLine[]): Iterable<Damaged> {
  const later = (lines.at(-1)?.ms ?? 0) + 60_000;
  const again = lines.map((line) => ({ ...line, ms: line.ms + later }));
  for (const seed of [1, 2, 3, 4, 5])
    for (const [what, noise] of [
      [`noise of seed ${seed}`, randomBytes(random(seed), 150)],
      [`high bytes of seed ${seed}`, randomBytes(random(seed), 150, 0x80)],
      [`the first ${seed * 3} bytes of the capture`, input(lines).subarray(0, seed * 3)],
    ] as const)
      yield { what: `${what} before it`, lines: [{ ms: 0, in: noise }, ...lines, ...again] };
}

/** The same bytes at the same times in other pieces: one by one, and cut at places drawn from a seed. */
export function* rechunked(lines: readonly CaptureLine[]): Iterable<Damaged> {
  for (const seed of [0, 1, 2, 3, 4, 5, 6, 7]) {
    const draw = random(seed);
    const cut = (bytes: Uint8Array) => {
      const parts: Uint8Array[] = [];
      for (let from = 0; from < bytes.length; ) {
        const to = seed === 0 ? from + 1 : from + 1 + Math.floor(draw() * 2 ** seed);
        parts.push(bytes.subarray(from, to));
        from = to;
      }
      return parts;
    };
    yield {
      what: seed === 0 ? "byte by byte" : `chunks of seed ${seed}`,
      lines: lines.flatMap((line): CaptureLine[] =>
        "in" in line ? cut(line.in).map((part) => ({ ...line, in: part })) : [line],
      ),
    };
  }
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function randomBytes(draw: () => number, length: number, least = 0): Uint8Array {
  return Uint8Array.from({ length }, () => least + Math.floor(draw() * (256 - least)));
}
