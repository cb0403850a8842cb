import type { Driver } from "../../../src/driver-kit/contract.ts";
import type { InstrumentEvent, Simulation } from "../../../src/driver-kit/instrument.ts";
import { type Answer, collect, type Replayed, VirtualTime } from "../../../src/driver-kit/replay.ts";
import { few } from "./trial.ts";

/** What came of a driver and a simulated instrument talking with each other in virtual time. */
interface Duet {
  readonly played: Replayed;
  /** Measurements that the instrument was told are safe, and whether anything had been stored by then. */
  readonly safe: readonly { readonly n: number; readonly stored: number }[];
}

const betweenMs = 180_000;

/** What comes through of what the instrument says after the driver's so manieth write. */
export type Cable = (nth: number, bytes: Uint8Array) => readonly Uint8Array[];

/**
 * The instrument is there first and has a measurement already; the gateway opens a second later; then each sample is
 * measured, three minutes apart.
 */
export function duet(
  driver: Driver,
  options: unknown,
  simulation: Simulation,
  answer: Answer,
  cable: Cable = (_, bytes) => [bytes],
): Duet {
  const time = new VirtualTime(driver.session(options), answer);
  const instrument = simulation.instrument();
  const safe: { n: number; stored: number }[] = [];
  let alarm: number | undefined;
  let stored = 0;
  let open = false;
  let written = 0;

  const tell = (event: InstrumentEvent): void => {
    for (const action of instrument.handle(event)) {
      switch (action.do) {
        case "write":
          if (open) for (const bytes of cable(written, action.bytes)) hear(() => time.give({ on: "data", bytes }));
          break;
        case "wake":
          alarm = action.afterMs > 0 ? time.now + action.afterMs : undefined;
          break;
        case "safe":
          safe.push({ n: action.n, stored });
          break;
        default:
          action satisfies never;
      }
    }
  };
  const hear = (give: () => ReturnType<VirtualTime["give"]>): void => {
    const actions = give();
    if (answer === "stored") stored += actions.filter((action) => action.do === "report").length;
    for (const action of actions) {
      if (action.do !== "write") continue;
      written++;
      tell({ on: "data", bytes: action.bytes });
    }
  };
  const until = (ms: number): void => {
    for (;;) {
      const next = Math.min(alarm ?? Number.POSITIVE_INFINITY, time.alarm ?? Number.POSITIVE_INFINITY);
      if (next > ms) break;
      if (time.alarm === next) hear(() => time.advance(next));
      else {
        time.now = next;
        alarm = undefined;
        tell({ on: "wake" });
      }
    }
    time.now = ms;
  };

  const samples = simulation.samples;
  tell({ on: "open" });
  if (samples[0] !== undefined) tell({ on: "measure", values: samples[0], at: "2026-11-23T14:00:00" });
  until(1000);
  open = true;
  hear(() => time.give({ on: "open" }));
  for (const [i, values] of samples.entries()) {
    until(time.now + betweenMs);
    const at = `2026-11-23T15:${String(i % 60).padStart(2, "0")}:00`;
    tell({ on: "measure", values, at });
  }
  until(time.now + 2 * betweenMs);
  hear(() => time.give({ on: "close" }));
  return { played: collect(time.steps), safe };
}

/** A simulation's samples are read, and it hears that they are safe only where they were stored. */
export function simulationHolds(driver: Driver, options: unknown, simulation: Simulation): readonly string[] {
  if (simulation.samples.length === 0) return ["has no samples"];
  const found: string[] = [];
  const { played, safe } = duet(driver, options, simulation, "stored");
  const texts = [...played.findings.map(({ value }) => value.text ?? ""), ...played.scans.map(({ text }) => text)];
  for (const sample of simulation.samples) {
    const values = Object.values(sample);
    const seen = values.some((value) => texts.some((text) => text === value || Number(text) === Number(value)));
    if (!seen) found.push(`of the sample ${JSON.stringify(sample)} nothing is read`);
  }
  for (const { n, stored } of safe)
    if (stored === 0) found.push(`measurement ${n} is told to be safe before anything was stored`);
  for (const answer of ["refused", "none"] as const)
    for (const { n } of duet(driver, options, simulation, answer).safe)
      found.push(`measurement ${n} is told to be safe where the answer is “${answer}”`);
  return few(found);
}
