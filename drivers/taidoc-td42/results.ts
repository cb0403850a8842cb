import type { Finding, Span } from "../../src/driver-kit/contract.ts";
import { hexOf, type Packet, timeOf, word } from "./packets.ts";

/** The meters show LO below and HI above these, in mg/dL, and so do we: a limit, not a number. */
const lowest = 20;
const highest = 600;

/** What was measured, by the four bits of the type. Only glucose has a unit that is known. */
const channels: Readonly<Record<number, string>> = {
  0: "glucose",
  6: "hematocrit",
  7: "ketone",
  8: "uric-acid",
  9: "cholesterol",
  11: "hemoglobin",
  12: "lactate",
  13: "triglycerides",
};

const meals = ["", "before meal", "after meal", ""] as const;
const controlMark = 3;

/**
 * A stored result, from the two packets that tell it. Its identity is all that they say but a meal, which may be set
 * later: the meter has no record numbers and counts its results from the newest.
 */
export function findingOf(
  time: Packet,
  value: Packet,
  serial: string,
  span: Span,
): Finding & { readonly identity: string } {
  const flags = value.bytes[3];
  const mark = flags >> 6;
  const type = (flags >> 2) & 0x0f;
  const meal = meals[mark] ?? "";
  const channel = channels[type];
  const stored = word(value);
  const named = value.bytes.map((byte, i) => (i === 3 && mark !== controlMark ? byte & 0x3f : byte));
  const words = [...(meal === "" ? [] : [meal]), ...(channel === undefined ? [`type ${type}`] : [])];
  return {
    channel: channel ?? "other",
    value: channel === "glucose" ? glucoseValue(stored) : { kind: "number", text: String(stored) },
    kind: mark === controlMark ? "control" : "patient",
    deviceTime: timeOf(time),
    ...(words.length > 0 ? { flags: words } : {}),
    identity: `${serial} ${hexOf(time.bytes)} ${hexOf(named)}`,
    span,
  };
}

function glucoseValue(stored: number): Finding["value"] {
  if (stored === 0) return { kind: "absent", reason: "not-measured", text: "0" };
  if (stored < lowest) return { kind: "number", text: String(lowest), bound: "<" };
  if (stored > highest) return { kind: "number", text: String(highest), bound: ">" };
  return { kind: "number", text: String(stored) };
}
