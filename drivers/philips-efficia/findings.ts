import type { Finding, Span } from "../../src/driver-kit/contract.ts";
import { deviceTime, type Reading, type State } from "./replies.ts";

/**
 * The findings of one reply. The cuff's values are a group with the monitor's time of the determination, by which the
 * same one is known again; saturation and its pulse are a group without a time of their own.
 */
export function findingsOf(
  state: State,
  determination: readonly Reading[],
  spot: readonly Reading[],
  span: Span,
): readonly Finding[] {
  const common = {
    kind: state.demo ? "demo" : "patient",
    ...(state.reported === undefined ? {} : { reported: state.reported }),
    span,
  } as const;
  const finding = ({ channel, text, unit, time, flags }: Reading): Finding => {
    const all = [...flags, ...(state.patientType === undefined ? [] : [state.patientType])];
    return {
      channel,
      value: { kind: "number", text },
      unit,
      ...common,
      ...(time === undefined ? {} : { deviceTime: deviceTime(time), identity: time }),
      ...(all.length > 0 ? { flags: all } : {}),
    };
  };
  return [
    ...determination.map((reading): Finding => ({ ...finding(reading), group: "nibp" })),
    ...spot.map((reading): Finding => {
      const oximetry = reading.channel === "SpO2" || reading.channel === "Pulse SpO2";
      return oximetry ? { ...finding(reading), group: "oximetry" } : finding(reading);
    }),
  ];
}
