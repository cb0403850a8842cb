import { describe, expect, it } from "vitest";
import { simulation } from "../../../drivers/astm/simulation.ts";
import type { Instrument, InstrumentAction } from "../../../src/driver-kit/instrument.ts";
import { bytesOf, latin1 } from "../../../src/driver-kit/text.ts";
import { ACK, ENQ, EOT, NAK } from "./bench.ts";

const measure = { on: "measure", values: { specimen: "S1", HbA1c: "5.9" }, at: "2026-11-23T14:05:09" } as const;

function written(actions: readonly InstrumentAction[]): string {
  return actions.map((action) => (action.do === "write" ? latin1(action.bytes) : "")).join("");
}

function safe(actions: readonly InstrumentAction[]): number[] {
  return actions.flatMap((action) => (action.do === "safe" ? [action.n] : []));
}

function hear(instrument: Instrument, bytes: string): readonly InstrumentAction[] {
  return instrument.handle({ on: "data", bytes: bytesOf(bytes) });
}

describe("the simulated analyzer", () => {
  it("sends a message frame by frame, and is content when the last is acknowledged", () => {
    const analyzer = simulation.instrument();
    expect(written(analyzer.handle(measure))).toBe(ENQ);
    const answers = Array.from({ length: 5 }, () => hear(analyzer, ACK));
    expect(answers.map((actions) => written(actions)[2])).toEqual(["H", "P", "O", "R", "L"]);
    expect(answers.flatMap(safe)).toEqual([]);
    const last = hear(analyzer, ACK);
    expect(written(last)).toBe(EOT);
    expect(safe(last)).toEqual([1]);
  });

  it("sends the whole message again on a new connection, until it is acknowledged", () => {
    const analyzer = simulation.instrument();
    analyzer.handle(measure);
    const first = Array.from({ length: 5 }, () => written(hear(analyzer, ACK)));
    expect(written(analyzer.handle({ on: "open" }))).toBe(ENQ);
    expect(Array.from({ length: 5 }, () => written(hear(analyzer, ACK)))).toEqual(first);
    expect(safe(hear(analyzer, ACK))).toEqual([1]);
    expect(written(analyzer.handle({ on: "open" }))).toBe("");
  });

  it("gives a message up after six refusals of a frame, and tries it anew", () => {
    const analyzer = simulation.instrument();
    analyzer.handle(measure);
    const frame = written(hear(analyzer, ACK));
    const refused = Array.from({ length: 6 }, () => written(hear(analyzer, NAK)));
    expect(new Set(refused)).toEqual(new Set([frame]));
    expect(written(hear(analyzer, NAK))).toBe(EOT);
    expect(written(analyzer.handle({ on: "wake" }))).toBe(ENQ);
  });

  it("tries again when nobody answers", () => {
    const analyzer = simulation.instrument();
    analyzer.handle(measure);
    expect(written(analyzer.handle({ on: "wake" }))).toBe(EOT);
    expect(written(analyzer.handle({ on: "wake" }))).toBe(ENQ);
  });

  it("writes patient and specimen where the profile's options have them", () => {
    const analyzer = simulation.instrument({ patient: "P.4", specimen: { field: "O.4", component: 3 } });
    analyzer.handle({ ...measure, values: { patient: "P7", specimen: "S1", HbA1c: "5.9" } });
    const texts = Array.from({ length: 4 }, () => written(hear(analyzer, ACK)).slice(2).split("\r")[0]);
    expect(texts.slice(1, 3)).toEqual(["P|1||P7", "O|1||^^S1|^^^HbA1c"]);
  });
});
