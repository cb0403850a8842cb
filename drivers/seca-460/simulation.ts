import type { Simulation } from "../../src/driver-kit/instrument.ts";
import { sendingScale } from "../../src/driver-kit/sending-scale.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";

/** What a site would have found out and written into its own profile. */
const settings = { weightKind: 0, stableBit: 7, displayTypes: { "1": { unit: "kg", decimals: 1 } } };

/** A block of kind A0 in hex text: display type 1, bit 7 set for a weight at rest, no check byte. */
function block({ W = "0" }: Readonly<Record<string, string>>): Uint8Array {
  const digits = Number(W).toFixed(1).replace(".", "").padStart(5, "0").slice(-5);
  return bytesOf(`\x02A0${digits}1800000\r\n\x03`);
}

/**
 * A scale that sends one block a second while a patient (`W`, kg with one decimal) stands on it. What its digits stand for is of
 * this simulation; what a real scale sends is to be seen on it.
 */
export const simulation: Simulation = {
  instrument: () => sendingScale(block, { everyMs: 1000, packets: 5 }),
  settings,
  samples: [{ W: "72.5" }, { W: "64.0" }, { W: "104.8" }],
};
