import { z } from "zod";
import { bytesOf, isLatin1, latin1 } from "./text.ts";

/**
 * A capture: what passed between an instrument and the gateway in one session, as JSON lines. Bytes are text of one
 * Latin-1 character each; for HID each `in` is one report. The flight recorder writes the same that drivers are
 * tested with, so a recording from a clinic becomes a test by being put into a driver's folder.
 */
export interface Capture {
  readonly head: CaptureHead;
  readonly lines: readonly CaptureLine[];
}

const text = z.string().refine(isLatin1, "has a character that is no byte (above U+00FF)");
const ms = z.number().min(0);

const headSchema = z.strictObject({
  capture: z.literal(1),
  /** Left out where an instrument was recorded before it had one. */
  profile: z.string().min(1).optional(),
  source: z.string().min(1),
  evidence: z.enum(["documented", "capture", "testvector", "constructed"]),
  device: z.string().optional(),
  session: z.string().optional(),
  /** When the session was opened, ISO 8601. */
  opened: z.string().optional(),
});

/**
 * The first line. `evidence`: printed in the maker's documents, recorded from an instrument, taken from another
 * implementation's tests, or built here from the documented rules.
 */
export type CaptureHead = Readonly<z.output<typeof headSchema>>;

/** Bytes from the instrument, bytes to it, or the end: time goes on until then, so that alarms ring. */
export type CaptureLine =
  | { readonly ms: number; readonly in: Uint8Array }
  | { readonly ms: number; readonly out: Uint8Array }
  | { readonly ms: number; readonly event: "end" };

const lineSchema = z.union([
  z.strictObject({ ms, in: text.transform(bytesOf) }),
  z.strictObject({ ms, out: text.transform(bytesOf) }),
  z.strictObject({ ms, event: z.literal("end") }),
]);

export type ParsedCapture =
  | { readonly ok: true; readonly capture: Capture }
  /** `line` counts from 1. */
  | { readonly ok: false; readonly line: number; readonly problem: string };

/**
 * Reads a capture file. A last line that is not ended and is no JSON is left out: a recorder whose box lost power was
 * in the middle of it.
 */
export function parseCapture(file: string): ParsedCapture {
  const rows = file.split("\n").map((row, i) => ({ row, line: i + 1 }));
  const unended = rows.pop();
  if (unended !== undefined && unended.row !== "" && json(unended.row) !== undefined) rows.push(unended);

  let head: CaptureHead | undefined;
  const lines: CaptureLine[] = [];
  for (const { row, line } of rows) {
    if (row.trim() === "") continue;
    const value = json(row);
    if (value === undefined) return { ok: false, line, problem: "is not JSON" };
    if (head === undefined) {
      const parsed = headSchema.safeParse(value);
      if (!parsed.success) return { ok: false, line, problem: told(parsed.error) };
      head = parsed.data;
      continue;
    }
    const parsed = lineSchema.safeParse(value);
    if (!parsed.success) return { ok: false, line, problem: told(parsed.error) };
    if (parsed.data.ms < (lines.at(-1)?.ms ?? 0))
      return { ok: false, line, problem: "is earlier than the line before" };
    lines.push(parsed.data);
  }
  if (head === undefined) return { ok: false, line: 1, problem: 'has no first line {"capture":1,…}' };
  return { ok: true, capture: { head, lines } };
}

/** The first line of a capture file, without its line feed. */
export function formatHead(head: CaptureHead): string {
  return JSON.stringify(head);
}

/** One further line of a capture file, without its line feed. */
export function formatLine(line: CaptureLine): string {
  if ("in" in line) return JSON.stringify({ ms: line.ms, in: latin1(line.in) });
  if ("out" in line) return JSON.stringify({ ms: line.ms, out: latin1(line.out) });
  return JSON.stringify({ ms: line.ms, event: line.event });
}

function json(row: string): unknown {
  try {
    return JSON.parse(row);
  } catch {
    return undefined;
  }
}

function told(error: z.ZodError): string {
  return z.prettifyError(error).replaceAll("\n", "; ");
}
