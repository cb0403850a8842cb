import type { Channel } from "../config/profile.ts";
import type { WireValue } from "../driver-kit/contract.ts";
import type { HoldReason } from "../model/observation.ts";
import type { Value } from "../model/quantity.ts";
import { type NumberText, parseNumberText } from "./number-text.ts";

/** A value with its meaning, or with the reason why it has none. */
export interface Valued {
  readonly value: Value;
  readonly hold?: HoldReason;
}

/**
 * Gives a wire value the unit and words of its channel. A value that cannot be understood keeps the wire's own words
 * as text, so that nothing claims a unit that it has not.
 */
export function meaningOf(wire: WireValue, unit: string | undefined, channel: Channel | undefined): Valued {
  switch (wire.kind) {
    case "absent":
      return { value: wire };
    case "text":
      return wordsOf(wire.text, channel);
    case "number": {
      const digits = parseNumberText(wire.text);
      const asText = { kind: "text", text: `${wire.bound ?? ""}${wire.text}${unit ? ` ${unit}` : ""}` } as const;
      if (channel === undefined) return { value: asText };
      if (digits === undefined || !Number.isFinite(digits.number)) return { value: asText, hold: "unmapped-value" };
      const ucum = unitOf(unit, channel);
      if (ucum === undefined) return { value: asText, hold: "unmapped-unit" };
      const { text, number } = digits;
      const bound = wire.bound === undefined ? undefined : { bound: wire.bound };
      const value: Value = { kind: "quantity", text, number, unit: ucum, wireUnit: unit ?? "", ...bound };
      return plausible(digits, ucum, channel) ? { value } : { value, hold: "implausible" };
    }
    default:
      return wire satisfies never;
  }
}

function wordsOf(text: string, channel: Channel | undefined): Valued {
  if (channel?.values !== undefined) {
    const known = own(channel.values, text);
    return known === undefined
      ? { value: { kind: "text", text }, hold: "unmapped-value" }
      : { value: { kind: "text", text: known } };
  }
  // A channel that measures in units has no words, unless the profile lists them.
  const measures = channel !== undefined && (channel.unit !== undefined || channel.units !== undefined);
  return { value: { kind: "text", text }, ...(measures && { hold: "unmapped-value" as const }) };
}

/** UCUM for the wire's unit; the channel's fixed one only where the wire carries none. */
function unitOf(unit: string | undefined, channel: Channel): string | undefined {
  if (unit === undefined || unit === "") return channel.unit;
  return channel.units === undefined ? undefined : own(channel.units, unit);
}

/** Within the limits of its unit, written with as many decimals as the instrument writes. A bound's limit likewise. */
function plausible({ number, decimals }: NumberText, ucum: string, channel: Channel): boolean {
  const range = channel.range === undefined ? undefined : own(channel.range, ucum);
  if (range !== undefined && (number < range[0] || number > range[1])) return false;
  const written = channel.decimals === undefined ? undefined : own(channel.decimals, ucum);
  return written === undefined || written.includes(decimals);
}

/** What a record holds under a key from the wire; never one of the object's inherited names. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
