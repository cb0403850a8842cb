import type { Instrument, Simulation } from "../../src/driver-kit/instrument.ts";
import { type Sending, sendingScale } from "../../src/driver-kit/sending-scale.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";

type Values = Readonly<Record<string, string>>;

/** How a format writes a measurement, and how it is sent. */
interface Format extends Sending {
  readonly packet: (values: Values) => string;
}

const esc: Format = { packet: escPacket, everyMs: 1000, packets: 5 };

/** The other formats, by the profile's option `format`. */
const formats: Readonly<Record<string, Format>> = {
  chair: { packet: (values) => fixedPacket(values, 5), everyMs: 1000, packets: 5 },
  baby: { packet: (values) => fixedPacket(values, 7), everyMs: 500, packets: 10 },
  doran: { packet: (values) => fixedPacket(values, 5), everyMs: 267, packets: 12 },
};

function escPacket(values: Values): string {
  const field = (letter: string, otherwise: string) => `\x1b${letter}${values[letter] ?? otherwise}`;
  const height = `${field("H", "0.0")}${field("B", "0.0")}`;
  return `\x1bR${field("I", "0000000000")}${field("W", "0.0")}${height}${field("T", "0.0")}${field("N", "m")}\x1bE`;
}

/** The weight has as many characters as the format, zeros in front. */
function fixedPacket({ W = "0.0", N = "m" }: Values, width: number): string {
  return `\x02${N === "c" ? "\x80" : "\x82"}\xd7\xe4${W.padStart(width, "0")}\r`;
}

/**
 * A scale in the format of the profile that it plays. A measurement has the fields of the ESC packet: `W` in any case, `H`, `B`,
 * `T`, `I` and the unit letter `N` (by default `m`) where wanted; the other formats know `W` and `N` alone.
 */
function instrument({ format }: Readonly<Record<string, unknown>> = {}): Instrument {
  const { packet, ...sending } = formats[String(format)] ?? esc;
  return sendingScale((values) => bytesOf(packet(values)), sending);
}

const samples: Simulation["samples"] = [
  { W: "72.5" },
  { W: "81.3", H: "178.0", B: "25.7" },
  { W: "64.0", H: "165.0", B: "23.5" },
  { W: "104.8" },
];
const babies: Simulation["samples"] = [{ W: "4.990" }, { W: "8.450" }, { W: "3.615" }];

/** The same with as many decimals as the model shows. */
function shown(places: number): Simulation["samples"] {
  const text = ([letter, digits]: readonly [string, string]) => [letter, Number(digits).toFixed(places)] as const;
  return samples.map((sample) => Object.fromEntries(Object.entries(sample).map(text)));
}

export const simulation: Simulation = {
  instrument,
  samples,
  samplesOf({ W }) {
    const [, most = Number.POSITIVE_INFINITY] = W?.range?.["kg"] ?? [];
    return most < 100 ? babies : shown(W?.decimals?.["kg"]?.[0] ?? 1);
  },
};
