import type { Sample } from "../../src/driver-kit/spot-check.ts";
import { unpacked } from "./frames.ts";

/** What one frame says. */
export interface Measured {
  readonly sample: Sample;
  readonly saturation: number;
  readonly pulse: number;
  /** Perfusion index in hundredths of a percent. */
  readonly perfusion: number | undefined;
  readonly flags: readonly string[];
}

type Frame = Omit<Measured, "sample"> & {
  /** Nobody is on the sensor. */
  readonly off: boolean;
  readonly doubtful: boolean;
};

/** Written for a pulse or a saturation that there is not. */
const missing = { pulse: 255, saturation: 127 };
const strongest = 8;

/** The older models' frame. */
export function decodeOld(frame: Uint8Array): Measured {
  const [signal = 0, , bar = 0, pulse = 0, saturation = 0] = frame;
  return measured({
    off: (signal & 0x10) !== 0 || (bar & 0x10) !== 0,
    doubtful: (bar & 0x20) !== 0 || (signal & 0x0f) > strongest,
    pulse: ((bar & 0x40) << 1) | pulse,
    saturation,
    perfusion: undefined,
    flags: (signal & 0x20) === 0 ? [] : ["SpO2 dropping"],
  });
}

/** A packet of Protocol V7.0; nothing where it is of another type than realtime values. */
export function decodeV7(packet: Uint8Array): Measured | undefined {
  if (packet[0] !== 0x01) return undefined;
  const [signal = 0, wave = 0, bar = 0, pulse = 0, saturation = 0, low = 0, high = 0] = unpacked(packet);
  const index = (high << 8) | low;
  const perfused = (bar & 0x10) === 0 && index !== 0xffff && index !== 0;
  return measured({
    off: (signal & 0x80) !== 0,
    doubtful: (signal & 0x10) !== 0 || (wave & 0x80) !== 0 || (signal & 0x0f) > strongest,
    pulse,
    saturation,
    perfusion: perfused ? index : undefined,
    flags: (signal & 0x20) === 0 ? [] : ["low SpO2"],
  });
}

function measured({ off, doubtful, saturation, pulse, perfusion, flags }: Frame): Measured {
  const none = pulse === missing.pulse || pulse === 0 || saturation === missing.saturation || saturation === 0;
  return { sample: sampleOf(), saturation, pulse, perfusion, flags };

  function sampleOf(): Sample {
    if (off || none) return { is: "off" };
    if (doubtful || saturation > 100) return { is: "doubtful" };
    return { is: "good", saturation, pulse, key: `${saturation} ${pulse} ${perfusion ?? ""} ${flags.join(" ")}` };
  }
}
