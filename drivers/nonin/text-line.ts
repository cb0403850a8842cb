import { latin1 } from "../../src/driver-kit/text.ts";
import { type Measured, measured, missing } from "./measured.ts";

/**
 * Reads a line of a console, once a second: `SPO2=097 HR=072`, with the time before it on the 8600V, and ` F` (fast
 * averaging) or `*` (event marker) after it on Avant and 7500FO. Nothing for other lines, such as the header.
 */
export function decodeText(line: Uint8Array): Measured | undefined {
  const [, saturation, pulse, fast, event] =
    /^(?:[0-9]{2}:[0-9]{2}:[0-9]{2} )?SPO2=([ 0-9]{2}[0-9]|---) HR=([ 0-9]{2}[0-9]|---)( F)?(\*)?$/.exec(
      latin1(line).trimEnd(),
    ) ?? [];
  if (saturation === undefined || pulse === undefined) return undefined;
  const digits = (text: string, none: number) => (text === "---" ? none : Number(text.trim()));
  const said = measured(digits(pulse, missing.pulse), digits(saturation, missing.saturation), {
    off: false,
    doubtful: false,
    flags: [...(fast === undefined ? [] : ["fast averaging"]), ...(event === undefined ? [] : ["event marker"])],
  });
  // Two lines say the same only where they write it alike: a zero that became a blank is damage.
  const { sample } = said;
  return {
    ...said,
    sample: sample.is === "good" ? { ...sample, key: `${sample.key} ${saturation} ${pulse}` } : sample,
    saturation: saturation.trim(),
    pulse: pulse.trim(),
  };
}
