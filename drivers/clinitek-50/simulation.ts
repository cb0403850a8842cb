import { hex, sum8 } from "../../src/driver-kit/checksums.ts";
import type { Instrument, InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

/** The lines of a packet as it goes over the cable. */
export function packet(...lines: readonly string[]): Uint8Array {
  const text = `\r\n${lines.map((line) => `${line}\r\n`).join("")}`;
  return bytesOf(`\x02${text}${hex(sum8(bytesOf(text)), 2)}\x03`);
}

interface Strip {
  readonly n: number;
  readonly bytes: Uint8Array;
}

/** An analyzer that keeps each strip's results until they are acknowledged. */
function instrument(): Instrument {
  const waiting: Strip[] = [];
  let count = 0;
  let now = "9706201349";
  let sent: Strip | undefined;

  function hear(command: string): readonly InstrumentAction[] {
    switch (command) {
      case "\x05":
        return [{ do: "write", bytes: packet(`6510  01.02 ${now}`, "DEUTSCH - CONV.", "MULTISTIX 8 SG") }];
      case "\x12":
        sent = waiting[0];
        return [{ do: "write", bytes: sent?.bytes ?? bytesOf("\x15") }];
      case "\x06": {
        if (sent === undefined || sent !== waiting[0]) return [];
        const { n } = sent;
        waiting.shift();
        sent = undefined;
        return [{ do: "safe", n }];
      }
      case "\x15":
        return sent === undefined ? [] : [{ do: "write", bytes: sent.bytes }];
      default:
        return [];
    }
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
        case "wake":
          return [];
        case "measure": {
          now = event.at.replace(/\D/g, "").slice(2, 12);
          const pads = Object.entries(event.values).map(
            ([analyte, text]) => `${analyte.padEnd(3)}  ${text.padEnd(15)}`,
          );
          const sequence = String(++count % 1000).padStart(3, "0");
          waiting.push({ n: count, bytes: packet(`6510  01.02 ${now}`, sequence, ...pads) });
          return [];
        }
        case "data":
          return Array.from(latin1(event.bytes)).flatMap(hear);
        default:
          return event satisfies never;
      }
    },
  };
}

export const simulation: Simulation = {
  instrument,
  samples: [
    { GLU: "NEGATIV", pH: "5.0", PRO: "NEGATIV", LEU: "0 Leu/uL" },
    { GLU: "NEGATIV", pH: "6.5", PRO: "NEGATIV", LEU: "Ca 70 Leu/uL" },
  ],
};
