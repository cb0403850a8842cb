import { readdir, readFile } from "node:fs/promises";
import { type Capture, type CaptureLine, parseCapture } from "../../../src/driver-kit/capture.ts";
import { joined } from "../../../src/driver-kit/replay.ts";
import type { Draws } from "./draws.ts";
import { longest, mutated } from "./mutate.ts";

/** The captures of a driver's folder in this checkout, as text. */
export async function captureFiles(driver: string): Promise<readonly string[]> {
  const folder = `drivers/${driver}/captures`;
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith(".jsonl")).sort();
  return Promise.all(files.map((name) => readFile(`${folder}/${name}`, "utf8")));
}

export async function captures(driver: string): Promise<readonly Capture[]> {
  return (await captureFiles(driver)).map((text) => {
    const parsed = parseCapture(text);
    if (!parsed.ok) throw new Error(`a capture of ${driver}: line ${parsed.line} ${parsed.problem}`);
    return parsed.capture;
  });
}

/** What an instrument sent, piece by piece. */
export function inputs({ lines }: Capture): readonly Uint8Array[] {
  return lines.flatMap((line) => ("in" in line && line.in.length > 0 ? [line.in] : []));
}

/** What an instrument sent at a time. */
interface Chunk {
  readonly bytes: Uint8Array;
  /** After what it sent before. */
  readonly afterMs: number;
}

function lengthOf(chunks: readonly Chunk[]): number {
  return chunks.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

/** What captures hold, made ready once. */
export interface Corpus {
  /** What the instrument sent in each of them. */
  readonly sent: readonly (readonly Chunk[])[];
  readonly chunks: readonly Chunk[];
  readonly pieces: readonly Uint8Array[];
}

export function corpusOf(all: readonly Capture[]): Corpus {
  const sent = all.map(chunksOf).filter(({ length }) => length > 0);
  return { sent, chunks: sent.flat(), pieces: sent.flat().map(({ bytes }) => bytes) };
}

function chunksOf({ lines }: Capture): readonly Chunk[] {
  let before = 0;
  return lines.flatMap((line) => {
    if (!("in" in line) || line.in.length === 0) return [];
    const afterMs = line.ms - before;
    before = line.ms;
    return [{ bytes: line.in, afterMs }];
  });
}

/** Chunks at most, so that an input stays one, and the longest silence between two that is made up. */
const most = { chunks: 300, silenceMs: 8000 };

/**
 * A part of a capture as no instrument would send it: whole chunks lost, doubled, swapped and taken from others, bytes
 * changed in some, at other times, and cut otherwise where the link is a stream.
 */
export function mutatedLines(corpus: Corpus, input: "stream" | "reports", draw: Draws): readonly CaptureLine[] {
  const { sent, pieces } = corpus;
  if (pieces.length === 0) return [{ ms: 0, in: Uint8Array.from({ length: draw.below(300) }, () => draw.below(256)) }];
  const chunks = part(draw.of(sent), input, draw);
  // Mostly little is wrong: much of what there is to break stands behind checksums and answers in their turn.
  for (let left = draw.few(3); left > 0; left--) reorder(chunks, corpus, draw);
  if (draw.chance(0.05)) chunks.splice(draw.below(chunks.length + 1), most.chunks, ...part(draw.of(sent), input, draw));
  for (let left = 1 + draw.few(3); left > 0; left--) {
    const at = draw.below(chunks.length);
    const chunk = chunks[at];
    if (chunk !== undefined) chunks[at] = { ...chunk, bytes: mutated(chunk.bytes, draw, pieces) };
  }
  return timed(input === "stream" ? rechunked(chunks, draw) : chunks.slice(0, most.chunks), draw);
}

/**
 * What an instrument sent: wholly, a short capture every other time and a long one seldom; else some of it, and mostly
 * little, for the same code meets ten short inputs in the time of a long one. Half of the parts begin where the capture
 * does: instruments greet first.
 */
function part(sent: readonly Chunk[], input: "stream" | "reports", draw: Draws): Chunk[] {
  if (draw.chance(Math.min(1 / 2, 250 / lengthOf(sent)))) return [...sent];
  const from = draw.chance(0.5) ? 0 : draw.below(sent.length);
  const some = sent.slice(from, from + 1 + draw.few(16));
  if (input === "reports") return some;
  return some.map(({ bytes, afterMs }) => ({ bytes: shortened(bytes, draw), afterMs }));
}

/** A long text mostly without its middle; where it has lines, whole ones are left out. */
export function shortened(bytes: Uint8Array, draw: Draws): Uint8Array {
  if (bytes.length < 200 || draw.chance(0.25)) return bytes;
  const head = lineEnd(bytes, draw.below(200));
  const tail = lineEnd(bytes, bytes.length - draw.below(200));
  return head < tail ? joined([bytes.subarray(0, head), bytes.subarray(tail)]) : bytes;
}

/** Right after the line that this byte is in, or here where no end is near. */
function lineEnd(bytes: Uint8Array, at: number): number {
  const near = Math.min(bytes.length, at + 150);
  for (let i = at; i < near; i++) if (bytes[i] === 0x0d || bytes[i] === 0x0a) return i + 1;
  return at;
}

function reorder(chunks: Chunk[], others: Corpus, draw: Draws): void {
  const at = draw.below(chunks.length + 1);
  switch (draw.below(4)) {
    case 0:
      chunks.splice(at, 1);
      return;
    case 1:
      chunks.splice(at, 0, draw.of(others.chunks));
      return;
    case 2:
      chunks.splice(at, 0, ...chunks.slice(at, at + 1 + draw.below(4)));
      return;
    default:
      chunks.splice(draw.below(chunks.length + 1), 0, ...chunks.splice(at, 1));
  }
}

/** The same bytes in other chunks: as they are, glued together, or cut; the shorter ones now and then byte by byte. */
function rechunked(chunks: readonly Chunk[], draw: Draws): readonly Chunk[] {
  const way = draw.below(8);
  const length = lengthOf(chunks);
  const glue = way < 2 || length > longest;
  const whole = { bytes: joined(chunks.map(({ bytes }) => bytes)).subarray(0, longest), afterMs: 0 };
  if (way < 1 || way > 3 || length > 2000) return glue ? [whole] : chunks;
  const size = way === 3 && length < 100 ? 1 : 40;
  return (glue ? [whole] : chunks).flatMap(({ bytes, afterMs }) => {
    const parts: Chunk[] = [];
    for (let from = 0; from < bytes.length; ) {
      const to = from + 1 + draw.below(size);
      parts.push({ bytes: bytes.subarray(from, to), afterMs: from === 0 ? afterMs : 0 });
      from = to;
    }
    return parts;
  });
}

/** Half of them at the times of the capture; the others in a moment or with silences, in which alarms ring. */
function timed(chunks: readonly Chunk[], draw: Draws): readonly CaptureLine[] {
  let ms = 0;
  const pause = draw.chance(0.5) ? undefined : draw.of([5, 80, 1000, 4000]);
  const lines: CaptureLine[] = chunks.map(({ bytes, afterMs }, i) => {
    if (i < most.chunks) {
      ms += pause === undefined ? afterMs : draw.below(pause);
      if (draw.chance(0.02)) ms += draw.below(most.silenceMs);
    }
    return { ms, in: bytes };
  });
  return [...lines, { ms: ms + (draw.chance(0.1) ? 65_000 : draw.of([0, 1000, 3000])), event: "end" }];
}
