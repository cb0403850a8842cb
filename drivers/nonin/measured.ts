import type { Sample } from "../../src/driver-kit/spot-check.ts";

/** What one frame of a stream says: whether it may count, and what a reading made of it would say. */
export interface Measured {
  readonly sample: Sample;
  readonly saturation: string;
  readonly pulse: string;
  readonly flags: readonly string[];
}

/** Written for a pulse or a saturation that there is not. */
export const missing = { pulse: 511, saturation: 127 };

/** How far the numbers of a frame may be used, by what it says of the sensor. */
export interface Sensor {
  /** The finger is out, or no sensor is there: what is shown is up to 10 s old. */
  readonly off: boolean;
  /** Motion, out of track, no pulse signal to speak of. */
  readonly doubtful: boolean;
  readonly flags: readonly string[];
}

export function measured(pulse: number, saturation: number, { off, doubtful, flags }: Sensor): Measured {
  return {
    sample: sampleOf(pulse, saturation, { off, doubtful, flags }),
    saturation: String(saturation),
    pulse: String(pulse),
    flags,
  };
}

function sampleOf(pulse: number, saturation: number, { off, doubtful, flags }: Sensor): Sample {
  const none = pulse === missing.pulse || saturation === missing.saturation || pulse === 0 || saturation === 0;
  if (off || none) return { is: "off" };
  if (doubtful || saturation > 100) return { is: "doubtful" };
  return { is: "good", saturation, pulse, key: [saturation, pulse, ...flags].join(" ") };
}
