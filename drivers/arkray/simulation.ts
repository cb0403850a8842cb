import { hex } from "../../src/driver-kit/checksums.ts";
import type { Simulation } from "../../src/driver-kit/instrument.ts";
import { type Memory, memoryMeter } from "../../src/driver-kit/memory-meter.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import { control, guard } from "./replies.ts";

const ack = String.fromCharCode(control.ack);
const enq = String.fromCharCode(control.enq);
const eot = String.fromCharCode(control.eot);
const nak = String.fromCharCode(control.nak);

/** A meter that is asked byte by byte; `glucose` in mg/dL, `flags` in two hex digits. */
function instrument() {
  let isCommanded = false;
  let command = "";

  function answer({ records, clock }: Memory<string>): string {
    const { year, month, day, hour, minute } = digitsOf(clock);
    const [, index] = /^R\|N\|([0-9A-F]{3})\|$/.exec(command) ?? [];
    if (command === "R|" || command === "R|N|") return ack;
    if (!/^R\|(M\||T\||D\||N\|.{4})$/.test(command)) return "";
    const asked = command;
    command = "";
    if (index !== undefined) {
      const stored = records[Number.parseInt(index, 16)];
      isCommanded = stored !== undefined;
      return stored === undefined ? nak : `${guard(`D|${stored}`)}|\r\n`;
    }
    if (asked === "R|M|") return `M|${String(records.length).padStart(3, "0")}|\r\n`;
    return asked === "R|T|" ? `T|${hour}${minute}|\r\n` : `D|${year}${month}${day}|\r\n`;
  }

  function hear(byte: number, memory: Memory<string>): string {
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
        return byte === 0x7c ? answer(memory) : "";
    }
  }

  return memoryMeter<string>({
    capacity: 250,
    newest: "first",
    record({ glucose, flags }, at) {
      if (glucose === undefined) return undefined;
      const { year, month, day, hour, minute } = digitsOf(at);
      const value = Number(glucose);
      const bytes = hex(value & 0xff, 2) + hex(value >> 8, 2);
      return `${bytes}${minute}${hour}${day}${month}${year}${flags ?? "00"}`;
    },
    answer: (heard, memory) =>
      [...heard].flatMap((byte) => {
        const reply = hear(byte, memory);
        return reply === "" ? [] : [bytesOf(reply)];
      }),
  });
}

/** The parts of a time in two digits each. */
function digitsOf(at: string) {
  const [year = "", month = "", day = "", hour = "", minute = ""] = at.slice(2).split(/[-T:]/);
  return { year, month, day, hour, minute };
}

export const simulation: Simulation = {
  instrument,
  samples: [{ glucose: "98" }, { glucose: "142" }, { glucose: "105", flags: "04" }],
};
