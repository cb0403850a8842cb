import type { Instrument, InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";
import { secondsOfWallTime } from "../../src/driver-kit/wall-clock.ts";
import { frameBlock, payloadOf } from "./frames.ts";
import { blockLength, littleEndian, unsigned } from "./transport.ts";

const capacity = 500;
const commandLength = 31;
const mailbox = 3;

/**
 * A meter on the cable that speaks as a disk. A measurement has `glucose` in mg/dL; `control` with any text marks control
 * solution, and `meal` is B or A.
 */
function instrument(): Instrument {
  const memory: (readonly number[])[] = [];
  let counted = 0;
  let now = 0;
  let heard = new Uint8Array();
  let blocks = new Map<number, Uint8Array>([[0, bootBlock()]]);
  /** A write whose block has not come yet. */
  let writing: { readonly tag: Uint8Array; readonly block: number } | undefined;

  function answer(payload: Uint8Array): readonly number[] | undefined {
    const [, command = 0, , ...rest] = payload;
    const ok = (contents: readonly number[]) => [0x03, 0x06, ...contents];
    if (command === 0xe6) {
      const text = ["ABCDE123", "Verio Flex", "01.02.03"][rest[0] ?? 0];
      return text === undefined ? undefined : ok([...bytesOf(text), 0].flatMap((byte) => [byte, 0]));
    }
    if (command === 0x20) return ok(littleEndian(now, 4));
    if (command === 0x27) return ok(littleEndian(memory.length, 2));
    const index = unsigned(Uint8Array.from(rest.slice(0, 2)));
    const record = command === 0x31 ? memory[index] : undefined;
    return record === undefined ? undefined : ok([...littleEndian(memory.length - 1 - index, 2), ...record]);
  }

  function obey(wrapper: Uint8Array): readonly InstrumentAction[] {
    const tag = wrapper.subarray(4, 8);
    const block = wrapper[20] ?? 0;
    switch (wrapper[15]) {
      case 0x12:
        return reply(tag, inquiry());
      case 0x28:
        return reply(tag, blocks.get(block) ?? new Uint8Array(blockLength));
      case 0x2a:
        writing = { tag, block };
        return [];
      default:
        return reply(tag, new Uint8Array(), 1);
    }
  }

  function take(): readonly InstrumentAction[] {
    const actions: InstrumentAction[] = [];
    for (;;) {
      const length = writing === undefined ? commandLength : blockLength;
      if (heard.length < length) return actions;
      const part = heard.slice(0, length);
      heard = heard.slice(length);
      if (writing === undefined) actions.push(...obey(part));
      else {
        const payload = writing.block === mailbox ? payloadOf(part) : undefined;
        const contents = payload && answer(payload);
        if (contents !== undefined) blocks.set(mailbox, frameBlock(contents));
        actions.push(...reply(writing.tag, new Uint8Array(), contents === undefined ? 1 : 0));
        writing = undefined;
      }
    }
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
          heard = new Uint8Array();
          writing = undefined;
          blocks = new Map([[0, bootBlock()]]);
          return [];
        case "wake":
          return [];
        case "data":
          heard = Uint8Array.from([...heard, ...event.bytes]);
          return take();
        case "measure": {
          const { glucose, control, meal } = event.values;
          if (glucose === undefined) return [];
          now = secondsOfWallTime(event.at, 2000);
          const marks = [meal === "B" ? 1 : meal === "A" ? 2 : 0, 0, 0, 0x0b, 0];
          const taken = [...littleEndian(++counted, 2), ...littleEndian(now, 4), ...littleEndian(Number(glucose), 2)];
          memory.unshift([control === undefined ? 0 : 1, ...taken, ...marks]);
          memory.splice(capacity);
          return [];
        }
        default:
          return event satisfies never;
      }
    },
  };
}

/** Data and the status wrapper, each a transfer of its own. */
function reply(tag: Uint8Array, data: Uint8Array, status = 0): readonly InstrumentAction[] {
  const wrapper = Uint8Array.of(...bytesOf("USBS"), ...tag, 0, 0, 0, 0, status);
  return [data, wrapper].flatMap((bytes) => (bytes.length === 0 ? [] : [{ do: "write", bytes }]));
}

function inquiry(): Uint8Array {
  const data = new Uint8Array(36);
  data.set([0, 0x80, 0, 1, 31]);
  data.set(bytesOf("LifeScan"), 8);
  return data;
}

function bootBlock(): Uint8Array {
  const block = new Uint8Array(blockLength);
  block.set(bytesOf("LIFESCAN   FAT16   "), 43);
  block.set([0x55, 0xaa], 510);
  return block;
}

export const simulation: Simulation = {
  instrument,
  samples: [{ glucose: "98" }, { glucose: "142", meal: "A" }, { glucose: "67" }],
};
