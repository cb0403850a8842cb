/** What one sample of an oximeter's stream says. */
export type Sample =
  /** `saturation` and `pulse` for the spread; `key` names everything that a reading would say. */
  | { readonly is: "good"; readonly saturation: number; readonly pulse: number; readonly key: string }
  /** Somebody is on the sensor, and the numbers are not to be used: motion, weak signal, a fault unknown to us. */
  | { readonly is: "doubtful" }
  /** Nobody is on the sensor, or there is no value: the next reading is another one. */
  | { readonly is: "off" };

export interface SpotCheckOptions {
  /** Good samples in a row, within the spread, before a value has settled. */
  readonly settle: number;
  /** Samples from one reading of a contact to its next; 0: one reading a contact. */
  readonly every: number;
}

/** Percent and beats a minute within which the samples of a settled value stay. */
const spread = { saturation: 2, pulse: 10 };

/** Tells the one reading of a patient's contact with a sensor from the stream of numbers without end. */
export interface SpotCheck {
  /** Whether this sample is the reading. */
  take(sample: Sample): boolean;
  /** The stream has stopped: whatever comes next is another contact. */
  end(): void;
}

/**
 * A reading is the first sample of a contact that ends `settle` good samples in a row within 2 % and 10 beats a minute,
 * and that says the same as the sample before it. So a number that one damaged frame shows is never a reading, also
 * where the wire has no checksum. A doubtful sample begins the row anew; only an `off` one, or silence, ends the contact.
 * Counts samples, for a session has no clock. A reading that could not be stored is not read anew: `offerAgain` keeps it.
 */
export function spotCheck({ settle, every }: SpotCheckOptions): SpotCheck {
  let row: { count: number; saturation: Range; pulse: Range; key: string } | undefined;
  /** Samples since the contact's last reading. */
  let since: number | undefined;

  function begin(sample: Extract<Sample, { is: "good" }>): void {
    const { saturation, pulse, key } = sample;
    row = { count: 1, saturation: [saturation, saturation], pulse: [pulse, pulse], key };
  }

  return {
    take(sample) {
      if (since !== undefined) since++;
      if (sample.is !== "good") {
        row = undefined;
        if (sample.is === "off") since = undefined;
        return false;
      }
      const before = row;
      if (before === undefined) {
        begin(sample);
        return false;
      }
      const saturation = widened(before.saturation, sample.saturation);
      const pulse = widened(before.pulse, sample.pulse);
      if (saturation[1] - saturation[0] > spread.saturation || pulse[1] - pulse[0] > spread.pulse) {
        begin(sample);
        return false;
      }
      row = { count: before.count + 1, saturation, pulse, key: sample.key };
      if (row.count < settle || before.key !== sample.key) return false;
      if (since !== undefined && (every === 0 || since < every)) return false;
      since = 0;
      return true;
    },
    end() {
      row = undefined;
      since = undefined;
    },
  };
}

type Range = readonly [number, number];

function widened([least, most]: Range, value: number): Range {
  return [Math.min(least, value), Math.max(most, value)];
}
