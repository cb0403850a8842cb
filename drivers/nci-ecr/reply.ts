import type { Weighing } from "../../src/driver-kit/scale.ts";
import { number } from "../../src/driver-kit/text.ts";

/**
 * Reads a reply up to ETX: `LF`, the weight with two letters of unit, CR, and usually `LF S` with four status characters
 * and CR. Some firmware leaves the status out for a weight at rest. Without a weight there is the status alone.
 */
export function decode(reply: string): Weighing {
  if (reply.endsWith("\n?\r")) return { is: "aside" };
  const alone = /\nS([0-?]{4})\r$/.exec(reply)?.[1];
  const state = alone === undefined ? "rest" : stateOf(alone);
  if (state === "moving") return { is: "unsettled" };
  if (state === "over")
    return {
      is: "load",
      measured: [{ channel: "W", value: { kind: "absent", reason: "out-of-range", text: `S${alone}` } }],
    };
  const [, field = "", unit = ""] =
    /\n([ -]*[0-9]{1,5}\.[0-9]{1,3})(LB|KG|OZ|lb|kg|oz)\r(?:\n|\nS[0-?]{4}\r)?$/.exec(reply) ?? [];
  const digits = number(field.replace(/^ +/, ""));
  if (digits === undefined)
    return /^\nS[0-?]{4}\r$/.test(reply) ? { is: "unsettled" } : { is: "malformed", detail: "no weight and no status" };
  if (digits.value <= 0) return { is: "unsettled" };
  return { is: "load", measured: [{ channel: "W", value: { kind: "number", text: digits.text }, unit }] };
}

/** First character: bit 0 motion, bit 1 at zero. Second: bit 0 under capacity, bit 1 over. The rest is not known. */
function stateOf(characters: string): "moving" | "over" | "rest" {
  const [first = 0, second = 0] = [...characters].map((character) => character.charCodeAt(0) & 0x0f);
  if ((first & 0x03) !== 0 || (second & 0x01) !== 0) return "moving";
  return (second & 0x02) === 0 ? "rest" : "over";
}
