import type { DeliveryState, StoredDelivery } from "../journal/journal.ts";
import type { Observation } from "../model/observation.ts";
import type { Value } from "../model/quantity.ts";

/** How values, times and states are put into words for people. Never abbreviated, never a number without its unit. */

const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/** `23 NOV 2026 14:05:09 +01:00`: in this machine's zone, which is not always that of the clinic. */
export function timeWords(instant: string): string {
  const t = new Date(instant);
  const two = (n: number): string => String(n).padStart(2, "0");
  const date = `${two(t.getDate())} ${months[t.getMonth()]} ${t.getFullYear()}`;
  const east = -t.getTimezoneOffset();
  const offset = `${east < 0 ? "-" : "+"}${two(Math.floor(Math.abs(east) / 60))}:${two(Math.abs(east) % 60)}`;
  return `${date} ${two(t.getHours())}:${two(t.getMinutes())}:${two(t.getSeconds())} ${offset}`;
}

export function valueWords(value: Value): string {
  switch (value.kind) {
    case "quantity":
      return `${value.bound ?? ""}${value.text} ${value.unit}`.trim();
    case "text":
      return value.text;
    case "absent":
      return `no value (${value.reason})`;
    default:
      return value satisfies never;
  }
}

/** To whom it is filed; where to nobody, which specimen the instrument says it is of: its word, and no filing. */
export function whoseWords({ binding, reported }: Observation): string {
  switch (binding?.subject.kind) {
    case "patient":
      return `patient ${binding.subject.patient.id}`;
    case "specimen":
      return `specimen ${binding.subject.specimen}`;
    default:
      return reported?.specimen === undefined
        ? "nobody yet"
        : `nobody yet (the instrument says specimen ${reported.specimen})`;
  }
}

const stateWords: Readonly<Record<DeliveryState, string>> = {
  queued: "waiting",
  sending: "sending",
  delivered: "accepted",
  rejected: "refused",
  unsure: "unsure",
  abandoned: "given up",
};

/**
 * `ehr accepted, bus waiting`: what each destination has said, never an optimistic “sent”. Where something was withdrawn
 * or corrected, each says what it is: `ehr withdrawal accepted, ehr result waiting`.
 */
export function deliveryWords(deliveries: readonly StoredDelivery[]): string {
  if (deliveries.length === 0) return "stored";
  const named = deliveries.some(({ purpose }) => purpose !== "result");
  return deliveries.map((d) => `${d.sink} ${named ? `${d.purpose} ` : ""}${stateWords[d.state]}`).join(", ");
}
