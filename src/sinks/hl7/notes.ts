import { type SegmentContent, segment } from "../../hl7/build.ts";
import type { Observation } from "../../model/observation.ts";
import type { AbsentReason } from "../../model/quantity.ts";
import { flagsInTable0078 } from "./flags.ts";

/** Remarks as NTE segments, numbered, from the filler (table 0105: L). */
export function noteSegments(remarks: readonly string[]): readonly SegmentContent[] {
  return remarks.map((remark, i) => segment("NTE", { 1: String(i + 1), 2: "L", 3: remark }));
}

/** What whoever reads a value must know of its time, in plain words. Empty where there is nothing to say. */
export function clockRemarks({ times }: Observation): readonly string[] {
  const remarks: string[] = [];
  const shown = times.device === undefined ? "" : ` It showed "${times.device.text}".`;
  if (times.source === "device-corrected" && times.skewMs !== undefined) {
    const seconds = Math.round(Math.abs(times.skewMs) / 1000);
    const way = times.skewMs > 0 ? "ahead" : "behind";
    remarks.push(`Time corrected: the instrument's clock was ${seconds} s ${way}.${shown}`);
  }
  if (times.source === "device" && times.skewMs === undefined) {
    remarks.push("Time as the instrument's own clock gave it; that clock was not compared with another.");
  }
  if (times.received.quality === "unsynchronised") {
    remarks.push("The gateway's clock was not known to be right when this was received.");
  }
  return remarks;
}

/** What the other fields of OBX have no place for: why there is no value, and the instrument's own flags. */
export function valueRemarks({ value, flags }: Observation): readonly string[] {
  const remarks: string[] = [];
  if (value.kind === "absent") {
    const wrote = value.text === undefined || value.text === "" ? "" : ` The instrument wrote "${value.text}".`;
    remarks.push(`No value: ${absences[value.reason]}.${wrote}`);
  }
  const others = flags.filter((flag) => !flagsInTable0078.includes(flag));
  if (others.length > 0) remarks.push(`Flags of the instrument: ${others.join(", ")}`);
  return remarks;
}

const absences: Readonly<Record<AbsentReason, string>> = {
  "not-measured": "not measured",
  failed: "the measurement failed",
  masked: "the instrument withheld it",
  "out-of-range": "out of the instrument's range",
  "not-computable": "not computable",
  disconnected: "the sensor was not connected",
};

/** Said of every message whose readings are no patient's. */
export function kindRemarks({ kind }: Observation): readonly string[] {
  switch (kind) {
    case "patient":
      return [];
    case "control":
      return ["Quality control measurement. Not a patient's result."];
    case "demo":
      return ["Demonstration. Not a patient's result."];
    default:
      return kind satisfies never;
  }
}
