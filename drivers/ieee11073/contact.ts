import type { Finding } from "../../src/driver-kit/contract.ts";
import { secondsOfWallTime } from "../../src/driver-kit/wall-clock.ts";

/** Measurements so close to each other belong to one finger on one sensor. */
const apartSeconds = 10;

/**
 * Tells the one reading of a patient's contact with an oximeter from the numbers of one that reports without end: the
 * first one, and then nothing until there was no value, or until the device's own clock has left out ten seconds.
 * Measurements without a time are all readings, for nothing tells them apart.
 */
export class Contact {
  /** When something was measured last, in seconds of the device's clock. */
  #seen: number | undefined;
  /** The time of this contact's reading, as it was written. */
  #reading: string | undefined;

  readings(findings: readonly Finding[]): readonly Finding[] {
    const groups = new Map<string, Finding[]>();
    for (const finding of findings) {
      const group = groups.get(finding.group ?? "");
      if (group === undefined) groups.set(finding.group ?? "", [finding]);
      else group.push(finding);
    }
    return [...groups.values()].flatMap((group) => (this.#take(group) ? group : []));
  }

  #take(group: readonly Finding[]): boolean {
    const time = group[0]?.deviceTime;
    if (time?.local === undefined) return true;
    const at = secondsOfWallTime(time.local, 1900);
    const goesOn = this.#seen !== undefined && at >= this.#seen && at - this.#seen < apartSeconds;
    this.#seen = at;
    if (!goesOn) this.#reading = undefined;
    if (group.some(({ value }) => value.kind === "number")) {
      // Saturation and pulse of one time may come in two reports.
      const takes = this.#reading === undefined || this.#reading === time.text;
      if (takes) this.#reading = time.text;
      return takes;
    }
    // No value at all: the finger is gone, and whoever comes next is another contact.
    if (group.every(({ value }) => value.kind === "absent")) this.#reading = undefined;
    return !goesOn;
  }

  /** The contact is over, or could not be stored: whatever comes next is a reading. */
  end(): void {
    this.#seen = undefined;
    this.#reading = undefined;
  }
}
