import type { Finding, Span } from "../../src/driver-kit/contract.ts";
import { type Nibp, nibpStatus, type Oximetry, type Rate, type Temperature } from "./replies.ts";

/** Where a reply stood, and whether its checksum agreed; where not, the site takes such replies all the same. */
export interface Wire {
  readonly span: Span;
  readonly sound: boolean;
}

/**
 * Systolic, diastolic and mean of one determination as one group, or the three as absent where it failed. Nothing for
 * a determination that is done and has no values, or that the monitor no longer dates.
 */
export function nibpFindings(reply: Nibp, wire: Wire): readonly Finding[] {
  const failed = Number(reply.status) > 2;
  const values = [
    ["NIBP_SYS", reply.systolic],
    ["NIBP_DIA", reply.diastolic],
    ["NIBP_MAP", reply.mean],
  ] as const;
  if (!failed && (reply.age === undefined || values.every(([, digits]) => digits === "000"))) return [];

  const flags = [
    ...(failed ? [`status ${reply.status} ${nibpStatus[reply.status] ?? ""}`.trim()] : []),
    ...(reply.neonate ? ["neonate"] : []),
    ...(reply.stat ? ["stat"] : []),
  ];
  return values.map(([channel, digits]) => ({
    channel,
    value: failed
      ? { kind: "absent", reason: "failed" }
      : digits === "000"
        ? { kind: "absent", reason: "not-measured", text: digits }
        : { kind: "number", text: digits },
    group: "nibp",
    ...aged(reply.age),
    ...common(wire, flags),
  }));
}

/** A temperature, flagged where it is of monitor mode, which streams; or one that failed. */
export function temperatureFindings(reply: Temperature, wire: Wire): readonly Finding[] {
  if (reply.status === "idle") {
    if (reply.age === undefined || reply.degrees === undefined) return [];
    return [
      {
        channel: "TEMP",
        value: { kind: "number", text: reply.degrees },
        ...aged(reply.age),
        ...common(wire, reply.mode === "monitor" ? ["monitor mode"] : []),
      },
    ];
  }
  return [
    {
      channel: "TEMP",
      value: { kind: "absent", reason: "failed" },
      ...common(wire, [`status ${reply.status}`]),
    },
  ];
}

/** Saturation, where the oximeter says that it is good, with the signal strength from 0 to 9 as a flag. */
export function oximetryFindings(reply: Oximetry, wire: Wire): readonly Finding[] {
  if (reply.status !== "1" || reply.saturation === undefined) return [];
  return [
    {
      channel: "SPO2",
      value: { kind: "number", text: reply.saturation },
      group: "oximetry",
      ...common(wire, [`signal ${reply.signal}`]),
    },
  ];
}

/** A pulse rate under the name of what it was counted with. `age` is that of the determination it was counted in. */
export function rateFindings(reply: Rate, wire: Wire, age?: number): readonly Finding[] {
  if (reply.rate === undefined) return [];
  return [
    {
      channel: reply.source === "oximeter" ? "PULSE_SPO2" : "PULSE_NIBP",
      value: { kind: "number", text: reply.rate },
      group: reply.source === "oximeter" ? "oximetry" : "nibp",
      ...aged(age),
      ...common(wire, []),
    },
  ];
}

function aged(seconds: number | undefined): { ageMs?: number } {
  return seconds === undefined ? {} : { ageMs: seconds * 1000 };
}

function common({ span, sound }: Wire, flags: readonly string[]): Pick<Finding, "kind" | "flags" | "span"> {
  const all = [...flags, ...(sound ? [] : ["checksum"])];
  return { kind: "patient", span, ...(all.length > 0 ? { flags: all } : {}) };
}
