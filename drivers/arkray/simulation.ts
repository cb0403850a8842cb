import { hex } from "../../src/driver-kit/checksums.ts";
import type { Instrument, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import { control, guard } from "./replies.ts";

const capacity = 250;
const ack = String.fromCharCode(control.ack);
const enq = String.fromCharCode(control.enq);
const eot = String.fromCharCode(control.eot);
const nak = String.fromCharCode(control.nak);

/** A meter that is put on its cable after its first measurement and stays; `glucose` in mg/dL, `flags` in two hex digits. */
function instrument(): Instrument {
  /** Newest first. */
  const memory: string[] = [];
  let clock: readonly string[] = [];
  let isCommanded = false;
  let command = "";

  function answer(): string {
    const [year = "", month = "", day = "", hour = "", minute = ""] = clock;
    const [, index] = /^R\|N\|([0-9A-F]{3})\|$/.exec(command) ?? [];
    if (command === "R|" || command === "R|N|") return ack;
    if (!/^R\|(M\||T\||D\||N\|.{4})$/.test(command)) return "";
    const asked = command;
    command = "";
    if (index !== undefined) {
      const stored = memory[Number.parseInt(index, 16)];
      isCommanded = stored !== undefined;
      return stored === undefined ? nak : `${guard(`D|${stored}`)}|\r\n`;
    }
    if (asked === "R|M|") return `M|${String(memory.length).padStart(3, "0")}|\r\n`;
    return asked === "R|T|" ? `T|${hour}${minute}|\r\n` : `D|${year}${month}${day}|\r\n`;
  }

  function hear(byte: number): string {
    switch (byte) {
      case control.eot:
        isCommanded = false;
        return enq;
      case control.ack:
        return isCommanded ? "" : `${guard("\x021H|\\^&||TXpxxd|GT-1830^01.00^1234567||||||||P|1|\r")}\r\n`;
      case control.command:
        return eot;
      case control.enq:
        isCommanded = true;
        command = "";
        return ack;
      default:
        if (!isCommanded) return "";
        command += latin1(Uint8Array.of(byte));
        return byte === 0x7c ? answer() : "";
    }
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
        case "wake":
          return [];
        case "data":
          if (memory.length === 0) return [];
          return [...event.bytes].flatMap((byte) => {
            const reply = hear(byte);
            return reply === "" ? [] : [{ do: "write", bytes: bytesOf(reply) } as const];
          });
        case "measure": {
          const { glucose, flags } = event.values;
          if (glucose === undefined) return [];
          clock = event.at.slice(2).split(/[-T:]/);
          const [year = "", month = "", day = "", hour = "", minute = ""] = clock;
          const value = Number(glucose);
          const bytes = hex(value & 0xff, 2) + hex(value >> 8, 2);
          memory.unshift(`${bytes}${minute}${hour}${day}${month}${year}${flags ?? "00"}`);
          memory.splice(capacity);
          return [];
        }
        default:
          return event satisfies never;
      }
    },
  };
}

export const simulation: Simulation = {
  instrument,
  samples: [{ glucose: "98" }, { glucose: "142" }, { glucose: "105", flags: "04" }],
};
