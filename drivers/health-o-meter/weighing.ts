import { inARow } from "../../src/driver-kit/in-a-row.ts";
import type { Packet } from "./packet.ts";

/** What a packet adds: nothing yet, nothing new, or the parts of a reading that are to be reported. */
type Weighed = "settling" | "repeated" | { readonly weight: boolean; readonly height: boolean };

/** Tells the one reading of a weighing from the stream of packets that carries it. */
export interface Weighing {
  take(packet: Packet): Weighed;
  /** The load is gone or the stream has stopped: whatever comes next is a new weighing. */
  end(): void;
}

/**
 * A weight is settled after `settle` identical packets in a row, for some firmware streams weights before they are
 * locked, and RECALL or UNITS on platform scales sends the previous weight once. It is reported once, and again only
 * after `end` or after another weight has settled. Height and BMI settle by themselves, so that an unsteady height
 * delays no weight; they come with the weight, or later by themselves when the BMI key has filled them in.
 */
export function weighing(settle: number): Weighing {
  const weightRow = inARow(settle);
  const extrasRow = inARow(settle);
  let reportedWeight: string | undefined;
  let reportedExtras: string | undefined;

  return {
    take(packet) {
      const weightKey = [packet.patient, packet.weight, packet.unit, packet.tare].join("|");
      const extrasKey = [weightKey, packet.height, packet.bmi].join("|");
      const weightSettled = weightRow.say(weightKey);
      const extrasSettled = extrasRow.say(extrasKey);
      if (!weightSettled) return "settling";

      const weightNew = reportedWeight !== weightKey;
      const extrasNew =
        extrasSettled &&
        (weightNew || reportedExtras !== extrasKey) &&
        (packet.height !== undefined || packet.bmi !== undefined);
      if (weightNew) reportedExtras = undefined;
      reportedWeight = weightKey;
      if (extrasNew) reportedExtras = extrasKey;
      return weightNew || extrasNew ? { weight: weightNew, height: extrasNew } : "repeated";
    },
    end() {
      weightRow.begin();
      extrasRow.begin();
      reportedWeight = undefined;
      reportedExtras = undefined;
    },
  };
}
