import type { Driver } from "../../src/driver-kit/contract.ts";
import type { Instrument } from "../../src/driver-kit/instrument.ts";
import { VirtualTime } from "../../src/driver-kit/replay.ts";

/** A driver and a simulated meter that answers at once, until virtual time `untilMs`; everything that was written. */
export function talk(
  driver: Driver,
  options: Readonly<Record<string, unknown>>,
  meter: Instrument,
  untilMs: number,
): { readonly time: VirtualTime; readonly written: readonly { readonly ms: number; readonly bytes: Uint8Array }[] } {
  const time = new VirtualTime(driver.session(driver.options.parse(options)), "stored");
  const written: { ms: number; bytes: Uint8Array }[] = [];
  const waiting = [...time.give({ on: "open" })];
  for (;;) {
    for (let action = waiting.shift(); action !== undefined; action = waiting.shift()) {
      if (action.do !== "write") continue;
      written.push({ ms: time.now, bytes: action.bytes });
      for (const answer of meter.handle({ on: "data", bytes: action.bytes }))
        if (answer.do === "write") waiting.push(...time.give({ on: "data", bytes: answer.bytes }));
    }
    const alarm = time.alarm;
    if (alarm === undefined || alarm > untilMs) return { time, written };
    waiting.push(...time.advance(alarm));
  }
}

/** Measurements a minute apart, each of which can be told from the others. */
export function fill(meter: Instrument, count: number): void {
  for (let i = 0; i < count; i++) {
    const at = `2026-11-23T${String(Math.floor(i / 60)).padStart(2, "0")}:${String(i % 60).padStart(2, "0")}:00`;
    meter.handle({ on: "measure", values: { glucose: String(80 + (i % 90)) }, at });
  }
}
