import type { Instrument, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";

/** Packets that one weighing sends before the patient steps off. */
const packets = 5;

/**
 * A platform scale with ESC packets. A measurement has the fields of the packet: `W` in any case, `H`, `B`, `T`, `I`
 * and the unit letter `N` (by default `m`) where wanted. It sends one packet a second and stops by itself.
 */
function instrument(): Instrument {
  let packet: Uint8Array = new Uint8Array();
  let left = 0;

  return {
    handle(event) {
      switch (event.on) {
        case "measure": {
          const field = (letter: string, otherwise: string) => `\x1b${letter}${event.values[letter] ?? otherwise}`;
          packet = bytesOf(
            `\x1bR${field("I", "0000000000")}${field("W", "0.0")}${field("H", "0.0")}${field("B", "0.0")}` +
              `${field("T", "0.0")}${field("N", "m")}\x1bE`,
          );
          left = packets - 1;
          return [
            { do: "write", bytes: packet },
            { do: "wake", afterMs: 1000 },
          ];
        }
        case "wake":
          if (left === 0) return [];
          left--;
          return [{ do: "write", bytes: packet }, ...(left > 0 ? [{ do: "wake", afterMs: 1000 } as const] : [])];
        case "open":
        case "data":
          return [];
        default:
          return event satisfies never;
      }
    },
  };
}

const samples: Simulation["samples"] = [
  { W: "72.5" },
  { W: "81.3", H: "178.0", B: "25.7" },
  { W: "64.0", H: "165.0", B: "23.5" },
  { W: "104.8" },
];

/** The same with as many decimals as the model shows. */
function shown(places: number): Simulation["samples"] {
  const text = ([letter, digits]: readonly [string, string]) => [letter, Number(digits).toFixed(places)] as const;
  return samples.map((sample) => Object.fromEntries(Object.entries(sample).map(text)));
}

export const simulation: Simulation = {
  instrument,
  samples,
  samplesOf: ({ W }) => shown(W?.decimals?.["kg"]?.[0] ?? 1),
};
