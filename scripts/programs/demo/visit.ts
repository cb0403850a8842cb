import { setTimeout as sleep } from "node:timers/promises";
import type { Observation } from "../../../src/model/observation.ts";
import type { Held } from "./clinic.ts";
import type { Instruments } from "./instruments.ts";

/** One observation that both receivers must hold once, when the visit is over. */
export type Expected = Omit<Held, "over">;

const patient = "patient 00123456";
const specimen = "specimen 004711";

const weighing: readonly Expected[] = [
  { whose: patient, code: "29463-7", value: "81.3", unit: "kg" },
  { whose: patient, code: "8302-2", value: "178.0", unit: "cm" },
  { whose: patient, code: "39156-5", value: "25.7", unit: "kg/m2" },
];
const vitals: readonly Expected[] = [
  { whose: patient, code: "8480-6", value: "118", unit: "mm[Hg]" },
  { whose: patient, code: "8462-4", value: "76", unit: "mm[Hg]" },
  { whose: patient, code: "8478-0", value: "91", unit: "mm[Hg]" },
  { whose: patient, code: "8889-8", value: "72", unit: "/min" },
  { whose: patient, code: "59408-5", value: "98", unit: "%" },
  { whose: patient, code: "8310-5", value: "98.6", unit: "[degF]" },
];
const glucose: readonly Expected[] = [{ whose: patient, code: "41653-7", value: "105", unit: "mg/dL" }];
const analysis: readonly Expected[] = [{ whose: specimen, code: "4548-4", value: "5.9", unit: "%" }];

/** What the scripted visit measures, in the words of the receivers. */
export const expected: readonly Expected[] = [...weighing, ...vitals, ...glucose, ...analysis];

/** How the visit looks at the gateway: it goes on when the last step has arrived, as a person would. */
export interface Watch {
  /** Waits until the room has the patient open. */
  associated(place: string): Promise<void>;
  /** Waits until each of these is stored, or until it is clear that one will not be. */
  stored(which: readonly Expected[]): Promise<void>;
}

/** Which of these are not among the readings, whosever they are. One that is there twice stands for no other. */
export function missing(
  which: readonly Expected[],
  readings: readonly Pick<Observation, "code" | "value">[],
): readonly Expected[] {
  return which.filter(
    (one) =>
      !readings.some(
        ({ code, value }) =>
          code.loinc === one.code &&
          value.kind === "quantity" &&
          `${value.bound ?? ""}${value.text}` === one.value &&
          value.unit === one.unit,
      ),
  );
}

/**
 * Instruments count in whole seconds, so that what is measured in the very moment of a scan could as well have been
 * measured before it, and is held. People take longer than that.
 */
const apart = 2500;

/** A staff badge, a wristband, weight and height, vitals, a glucose; then a specimen at the bench. */
export async function visit(instruments: Instruments, watch: Watch, say: (step: string) => void): Promise<void> {
  say("staff badge");
  instruments.scan("]C0STAFF-0417");
  say("wristband");
  instruments.scan("]C0P00123456");
  await watch.associated("room-4");
  await sleep(apart);
  say("weight and height");
  instruments.weigh({ W: "81.3", H: "178.0", B: "25.7", N: "m" });
  await watch.stored(weighing);
  say("blood pressure, pulse, oxygen, temperature");
  instruments.vitals({ NIBP_SYS: "118", NIBP_DIA: "76", NIBP_MAP: "91", SPO2: "98", PULSE_SPO2: "72", TEMP: "98.6" });
  await watch.stored(vitals);
  say("glucose: a finger prick, then the meter's cable");
  instruments.glucose({ glucose: "105" });
  await instruments.plugMeterIn();
  await watch.stored(glucose);
  instruments.unplugMeter();
  instruments.scan("DONE");
  say("a specimen at the bench");
  instruments.analyze({ specimen: "S004711", HbA1c: "5.9" });
  await watch.stored(analysis);
}

/** One line of the comparison. */
export interface Compared extends Expected {
  readonly hl7: number;
  readonly mqtt: number;
  readonly ok: boolean;
  readonly verdict: "as expected" | "MISSING" | "TWICE OR MORE" | "NOT MEASURED";
}

/** Holds what came against what was expected: everything once over each way, and nothing else. */
export function compare(held: readonly Held[]): readonly Compared[] {
  const key = ({ whose, code, value, unit }: Expected): string => [whose, code, value, unit].join("\n");
  const wanted = new Set(expected.map(key));
  const strangers = held.filter((h) => !wanted.has(key(h)));
  const all = [...expected, ...new Map(strangers.map(({ over: _, ...h }) => [key(h), h])).values()];
  return all.map((row) => {
    const times = (over: Held["over"]): number => held.filter((h) => h.over === over && key(h) === key(row)).length;
    const [hl7, mqtt] = [times("HL7"), times("MQTT")];
    const verdict = !wanted.has(key(row))
      ? "NOT MEASURED"
      : Math.max(hl7, mqtt) > 1
        ? "TWICE OR MORE"
        : Math.min(hl7, mqtt) < 1
          ? "MISSING"
          : "as expected";
    return { ...row, hl7, mqtt, ok: verdict === "as expected", verdict };
  });
}
