import type { Simulation } from "../../src/driver-kit/instrument.ts";
import { type Memory, memoryMeter } from "../../src/driver-kit/memory-meter.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";
import { secondsOfWallTime } from "../../src/driver-kit/wall-clock.ts";
import { decodeFrame, encodeFrame, frameFramer, littleEndian, unsigned } from "./frames.ts";

const capacity = 500;

/** A stored result: `record` is what follows the status byte in the answer to a request for it. */
interface Stored {
  readonly seconds: number;
  readonly record: readonly number[];
}

/** What a meter of each dialect answers to a request: the payload of its response. */
const dialects = {
  ultramini: {
    sinceYear: 1970,
    record: (seconds: number, { glucose = "" }: Readonly<Record<string, string>>) => [
      ...littleEndian(seconds, 4),
      ...littleEndian(Number(glucose), 4),
    ],
    answer([, command = 0, ...rest]: Uint8Array, memory: readonly Stored[]): readonly number[] | undefined {
      const ok = (payload: readonly number[]) => [0x05, 0x06, ...payload];
      const version = bytesOf("P02.00.00" + "30/08/06");
      if (command === 0x0b) return ok([...bytesOf("C176SA0IA")]);
      if (command === 0x0d) return ok([version.length, ...version]);
      if (command === 0x20) return ok(littleEndian(memory[0]?.seconds ?? 0, 4));
      if (command !== 0x1f) return undefined;
      const index = unsigned(Uint8Array.from(rest), 0, 2);
      if (index > capacity) return [0x05, 0x0f, ...littleEndian(memory.length, 2)];
      const stored = memory[index];
      return stored === undefined ? undefined : ok(stored.record);
    },
  },
  "verio-iq": {
    sinceYear: 2000,
    record: (seconds: number, { glucose = "", control, meal }: Readonly<Record<string, string>>) => [
      ...littleEndian(seconds, 4),
      ...littleEndian(Number(glucose), 2),
      control === undefined ? 0 : 1,
      meal === "B" ? 1 : meal === "A" ? 2 : 0,
      0,
      0,
    ],
    answer([, command = 0, ...rest]: Uint8Array, memory: readonly Stored[]): readonly number[] | undefined {
      const ok = (payload: readonly number[]) => [0x03, 0x06, ...payload];
      if (command === 0x0b) return ok([...bytesOf("CBBKN0CV"), 0]);
      if (command === 0x0d) return ok([8, ...bytesOf("01.02.00"), 0]);
      if (command === 0x20) return ok(littleEndian(memory[0]?.seconds ?? 0, 4));
      if (command === 0x27) return ok(littleEndian(memory.length, 2));
      const stored = command === 0x21 ? memory[unsigned(Uint8Array.from(rest), 0, 2)] : undefined;
      return stored === undefined ? undefined : ok(stored.record);
    },
  },
} as const;

/**
 * A meter of LifeScan's frames. A measurement has `glucose` in mg/dL; on a Verio IQ `control` with any text marks control
 * solution, and `meal` is B or A.
 */
function instrument(options: Readonly<Record<string, unknown>> = {}) {
  const name = options["dialect"] === "verio-iq" ? "verio-iq" : "ultramini";
  const dialect = dialects[name];
  const framer = frameFramer();
  let sent = 0;
  let received = 0;

  function hear(frame: Uint8Array, { records }: Memory<Stored>): readonly Uint8Array[] {
    const { control, payload } = decodeFrame(frame);
    const write = (bits: number, contents: readonly number[] = []): Uint8Array =>
      encodeFrame(name === "ultramini" ? bits | (received << 1) | sent : 0, contents);
    if (payload.length === 0) {
      if ((control & 0x08) === 0) {
        sent ^= 1;
        return [];
      }
      sent = 0;
      received = 0;
      return [write(0x0c)];
    }
    const answer = dialect.answer(payload, records);
    if (answer === undefined) return [];
    if (name === "verio-iq") return [write(0, answer)];
    received ^= 1;
    return [write(0x04), write(0, answer)];
  }

  return memoryMeter<Stored>({
    capacity,
    newest: "first",
    record(values, at) {
      if (values["glucose"] === undefined) return undefined;
      const seconds = secondsOfWallTime(at, dialect.sinceYear);
      return { seconds, record: dialect.record(seconds, values) };
    },
    answer: (heard, memory) =>
      framer.push(heard).flatMap((piece) => (piece.is === "frame" ? hear(piece.bytes, memory) : [])),
  });
}

export const simulation: Simulation = {
  instrument,
  samples: [{ glucose: "98" }, { glucose: "142", meal: "A" }, { glucose: "67" }],
};
