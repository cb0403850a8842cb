import type { Action, Driver } from "../../src/driver-kit/contract.ts";
import type { Instrument } from "../../src/driver-kit/instrument.ts";
import { VirtualTime } from "../../src/driver-kit/replay.ts";

/** A driver and a simulated meter that have talked with each other. */
interface Talk {
  readonly time: VirtualTime;
  /** Everything that the driver wrote. */
  readonly written: readonly { readonly ms: number; readonly bytes: Uint8Array }[];
  /** Lets them go on, until this virtual time. */
  until(ms: number): void;
}

/** A driver and a simulated meter that answers at once, until virtual time `untilMs`. */
export function talk(
  driver: Driver,
  options: Readonly<Record<string, unknown>>,
  meter: Instrument,
  untilMs: number,
): Talk {
  const time = new VirtualTime(driver.session(driver.options.parse(options)), "stored");
  const written: { ms: number; bytes: Uint8Array }[] = [];
  const carry = (actions: readonly Action[]) => {
    const waiting = [...actions];
    for (let action = waiting.shift(); action !== undefined; action = waiting.shift()) {
      if (action.do !== "write") continue;
      written.push({ ms: time.now, bytes: action.bytes });
      for (const answer of meter.handle({ on: "data", bytes: action.bytes }))
        if (answer.do === "write") waiting.push(...time.give({ on: "data", bytes: answer.bytes }));
    }
  };
  const until = (ms: number) => {
    for (let alarm = time.alarm; alarm !== undefined && alarm <= ms; alarm = time.alarm) carry(time.advance(alarm));
  };
  carry(time.give({ on: "open" }));
  until(untilMs);
  return { time, written, until };
}

/** Measurements a minute apart, each of which can be told from the others. */
export function fill(meter: Instrument, count: number): void {
  for (let i = 0; i < count; i++) {
    const at = `2026-11-23T${String(Math.floor(i / 60)).padStart(2, "0")}:${String(i % 60).padStart(2, "0")}:00`;
    meter.handle({ on: "measure", values: { glucose: String(80 + (i % 90)) }, at });
  }
}
