import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { driver } from "../../drivers/onetouch-verio/driver.ts";
import { frameBlock, payloadOf } from "../../drivers/onetouch-verio/frames.ts";
import { simulation } from "../../drivers/onetouch-verio/simulation.ts";
import type { Action } from "../../src/driver-kit/contract.ts";
import { collect, VirtualTime } from "../../src/driver-kit/replay.ts";
import { latin1 } from "../../src/driver-kit/text.ts";

const hex = (all: Uint8Array) => Array.from(all, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The requests of the protocol that only read, as they are written to block 3. */
const reading = /^03(e602(00|01|02)|2002|2700|3102[0-9a-f]{4}00)$/;

/** What a device gives in answer to a command, or nothing at all. */
type Device = (written: Uint8Array) => readonly Uint8Array[];

interface Written {
  readonly command: "INQUIRY" | "READ" | "WRITE" | "other";
  readonly block: number;
  readonly count: number;
  /** What follows a WRITE: its block. */
  readonly data?: Uint8Array;
  /** Whether the device had shown LifeScan's name and what a LifeScan's first block says by then. */
  readonly gates: boolean;
}

/** Lets a session talk with a device for an hour, and tells all that it wrote. */
function commandsTo(device: Device): { written: readonly Written[]; time: VirtualTime } {
  const time = new VirtualTime(driver.session(driver.options.parse({})), "stored");
  const written: Written[] = [];
  /** All that the device gave: what a command is answered with may come in pieces, and late. */
  let shown = "";
  let gates = false;
  const obey = (actions: readonly Action[]): void => {
    for (const action of actions) {
      if (action.do !== "write") continue;
      const { bytes } = action;
      const open = written.at(-1);
      if (open?.command === "WRITE" && open.data === undefined) written[written.length - 1] = { ...open, data: bytes };
      else {
        const isCommand = bytes.length === 31 && latin1(bytes.subarray(0, 4)) === "USBC";
        const command = ({ 18: "INQUIRY", 40: "READ", 42: "WRITE" } as const)[bytes[15] ?? 0] ?? "other";
        const view = new DataView(bytes.buffer, bytes.byteOffset);
        const block = command === "INQUIRY" ? 0 : view.getUint32(17);
        const count = command === "INQUIRY" ? 1 : view.getUint16(22);
        written.push({ command: isCommand ? command : "other", block, count, gates });
      }
      for (const given of device(bytes)) {
        if (!gates) shown += latin1(given);
        gates ||= shown.includes("LifeScan") && shown.includes("LIFESCAN   FAT16");
        obey(time.give({ on: "data", bytes: given }));
      }
    }
  };
  obey(time.give({ on: "open" }));
  for (let i = 0; i < 40 && (time.alarm ?? Number.POSITIVE_INFINITY) < 3_600_000; i++)
    obey(time.advance(time.alarm ?? 0));
  return { written, time };
}

/** A simulated meter with three results, whose answers go through `change`. */
function meter(change: (bytes: Uint8Array, nth: number) => readonly Uint8Array[] = (bytes) => [bytes]): Device {
  const instrument = simulation.instrument();
  instrument.handle({ on: "open" });
  for (const values of simulation.samples) instrument.handle({ on: "measure", values, at: "2026-11-23T14:00:00" });
  let nth = 0;
  return (bytes) =>
    instrument.handle({ on: "data", bytes }).flatMap((a) => (a.do === "write" ? change(a.bytes, nth++) : []));
}

const isSafe = (written: readonly Written[]) => {
  for (const { command, block, count, data, gates } of written) {
    expect(command).not.toBe("other");
    expect(count).toBe(1);
    if (command === "READ") expect([0, 3]).toContain(block);
    if (command !== "WRITE") continue;
    expect(gates).toBe(true);
    expect(block).toBe(3);
    expect(data).toHaveLength(512);
    expect(hex(payloadOf(data ?? new Uint8Array()) ?? new Uint8Array())).toMatch(reading);
  }
};

describe("a OneTouch Verio", () => {
  it("is read through its mailbox, and what is written to it only reads", () => {
    const { written, time } = commandsTo(meter());
    const { findings, identities } = collect(time.steps);
    expect(findings.map(({ value, record }) => [record, value.text])).toEqual([
      ["3", "67"],
      ["2", "142"],
      ["1", "98"],
    ]);
    expect(identities[0]).toMatchObject({ manufacturer: "LifeScan", serial: "ABCDE123", model: "Verio Flex" });
    expect(written.slice(0, 3).map(({ command, block }) => [command, block])).toEqual([
      ["INQUIRY", 0],
      ["READ", 0],
      ["WRITE", 3],
    ]);
    isSafe(written);
  });

  it("that names another maker, or has another first block, is read no further and written to never", () => {
    const replace = (from: string, to: string) => (bytes: Uint8Array) => [
      Uint8Array.from(latin1(bytes).replace(from, to), (letter) => letter.charCodeAt(0)),
    ];
    const stick = commandsTo(meter(replace("LifeScan", "SanDisk ")));
    expect(stick.written.map(({ command }) => command)).toEqual(["INQUIRY"]);
    expect(collect(stick.time.steps).discards.map(({ detail }) => detail)).toEqual([
      "a disk of another maker than LifeScan: nothing is written to it",
    ]);
    const other = commandsTo(meter(replace("LIFESCAN   FAT16", "NO NAME    FAT16")));
    expect(other.written.map(({ command }) => command)).toEqual(["INQUIRY", "READ"]);
    expect(collect(other.time.steps).discards.map(({ detail }) => detail)).toEqual([
      "a disk whose first block is not a meter's: nothing is written to it",
    ]);
  });

  it("that does not say its model, or still shows its serial number there, is not read before it does", () => {
    const damaged = (block: Uint8Array) => block.map((byte, i) => (i === 5 ? byte ^ 1 : byte));
    const serial = frameBlock([3, 6, ...Array.from("ABCDE123\0").flatMap((letter) => [letter.charCodeAt(0), 0])]);
    for (const spoil of [damaged, () => serial]) {
      let shown = 0;
      const device = meter((bytes) => {
        const isModel = bytes.length === 512 && latin1(bytes).includes("V\0e\0r\0i\0o\0");
        return [isModel && ++shown <= 4 ? spoil(bytes) : bytes];
      });
      const { findings, identities } = collect(commandsTo(device).time.steps);
      expect(shown).toBeGreaterThan(4);
      expect(new Set(identities.map(({ model }) => model))).toEqual(new Set(["Verio Flex"]));
      expect(findings).toHaveLength(3);
    }
  });

  it("is written to only after both gates, only in block 3, and only what reads, whatever it answers", () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom("LifeScan", "LIFESCAN   FAT16", "USBS").map((t) => Uint8Array.from(t, (c) => c.charCodeAt(0))),
      fc.uint8Array({ minLength: 0, maxLength: 12 }).map((payload) => frameBlock([3, 6, ...payload])),
    );
    const change = fc.record({
      how: fc.constantFrom("as it is", "as it is", "as it is", "lost", "damaged", "twice", "noise before", "replaced"),
      at: fc.nat(600),
      noise,
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 30 }), (changes) => {
        const device = meter((bytes, nth) => {
          const one = changes[nth % changes.length];
          switch (one?.how) {
            case "lost":
              return [];
            case "damaged":
              return [bytes.map((byte, i) => (i === one.at % bytes.length ? byte ^ 0x20 : byte))];
            case "twice":
              return [bytes, bytes];
            case "noise before":
              return one.noise.length === 0 ? [bytes] : [one.noise, bytes];
            case "replaced":
              return one.noise.length === 0 ? [] : [one.noise];
            default:
              return [bytes];
          }
        });
        isSafe(commandsTo(device).written);
      }),
      { numRuns: 300 },
    );
  });
});
