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

/** What captures hold, made ready once. */
export interface Corpus {
  /** What the instrument sent in each of them. */
  readonly sent: readonly (readonly Uint8Array[])[];
  readonly pieces: readonly Uint8Array[];
}

export function corpusOf(all: readonly Capture[]): Corpus {
  const sent = all.map(inputs).filter(({ length }) => length > 0);
  return { sent, pieces: sent.flat() };
}

/** Lines at most, and the time between two, so that sessions that ask for hours cost little. */
const most = { lines: 300, pauseMs: 8000 };

/**
 * A capture as no instrument would send it: whole lines lost, doubled, swapped and taken from others, bytes changed in
 * some, and cut into other chunks where the link is a stream.
 */
export function mutatedLines(corpus: Corpus, input: "stream" | "reports", draw: Draws): readonly CaptureLine[] {
  const { sent, pieces: others } = corpus;
  if (others.length === 0) return [{ ms: 0, in: Uint8Array.from({ length: draw.below(300) }, () => draw.below(256)) }];
  const chunks = [...draw.of(sent)];
  for (let left = draw.below(3); left > 0; left--) reorder(chunks, others, draw);
  if (draw.chance(0.05)) {
    const other = draw.of(sent);
    chunks.splice(draw.below(chunks.length + 1), most.lines, ...other.slice(draw.below(other.length)));
  }
  for (let left = 1 + draw.below(3); left > 0 && chunks.length > 0; left--) {
    const at = draw.below(chunks.length);
    chunks[at] = mutated(chunks[at] ?? new Uint8Array(), draw, others);
  }
  return timed(input === "stream" ? rechunked(chunks, draw) : chunks.slice(0, most.lines), draw);
}

function reorder(chunks: Uint8Array[], others: readonly Uint8Array[], draw: Draws): void {
  const at = draw.below(chunks.length + 1);
  switch (draw.below(4)) {
    case 0:
      chunks.splice(at, 1);
      return;
    case 1:
      chunks.splice(at, 0, draw.of(others));
      return;
    case 2:
      chunks.splice(at, 0, ...chunks.slice(at, at + 1 + draw.below(4)));
      return;
    default:
      chunks.splice(draw.below(chunks.length + 1), 0, ...chunks.splice(at, 1));
  }
}

/** The same bytes in other pieces: as they are, glued together, or cut, now and then byte by byte. */
function rechunked(chunks: readonly Uint8Array[], draw: Draws): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  let total = 0;
  const way = draw.below(4);
  for (const chunk of chunks) {
    const bytes = chunk.subarray(0, longest - total);
    total += bytes.length;
    if (way < 2 || bytes.length > 2000) parts.push(bytes);
    else {
      const size = way === 2 ? 1 : 40;
      for (let from = 0; from < bytes.length; ) {
        const to = from + 1 + draw.below(size);
        parts.push(bytes.subarray(from, to));
        from = to;
      }
    }
  }
  return way === 1 ? [joined(parts)] : parts;
}

function timed(chunks: readonly Uint8Array[], draw: Draws): readonly CaptureLine[] {
  let ms = 0;
  const pause = draw.of([5, 5, 80, most.pauseMs]);
  const lines: CaptureLine[] = chunks.map((bytes, i) => {
    if (i < most.lines) ms += draw.below(draw.chance(0.02) ? most.pauseMs : pause);
    return { ms, in: bytes };
  });
  return [...lines, { ms: ms + draw.of([0, 1000, 15_000]), event: "end" }];
}
