import { describe, expect, it, vi } from "vitest";
import type { Driver } from "../../src/driver-kit/contract.ts";
import type { Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import { simulationHolds } from "../kit/conformance/duet.ts";
import type { Trial } from "../kit/conformance/trial.ts";
import { overclaims, perCapture, perProfile } from "../kit/conformance.ts";
import * as acceptsTruncatedNumber from "../kit/planted/accepts-truncated-number.ts";
import * as acknowledgesEarly from "../kit/planted/acknowledges-early.ts";
import * as acknowledgesUnasked from "../kit/planted/acknowledges-unasked.ts";
import * as excusesItself from "../kit/planted/excuses-itself.ts";
import * as framesByChunk from "../kit/planted/frames-by-chunk.ts";
import * as hoards from "../kit/planted/hoards.ts";
import * as ignoresChecksum from "../kit/planted/ignores-checksum.ts";
import * as misplacesSpans from "../kit/planted/misplaces-spans.ts";
import * as sound from "../kit/planted/sound.ts";
import * as throws from "../kit/planted/throws.ts";

vi.setConfig({ testTimeout: 120_000 });

const rules = { ...perCapture, ...perProfile };

function trial(driver: Driver, ...chunks: string[]): Trial {
  return {
    driver,
    options: {},
    capture: {
      head: { capture: 1, profile: "planted", source: "made up", evidence: "constructed" },
      lines: chunks.map((chunk, i) => ({ ms: i * 5000, in: bytesOf(chunk) })),
    },
    channels: { W: { units: { kg: "kg" }, optional: false } },
    ignore: [],
  };
}

const frames = [sound.frame("W 123.4 kg"), sound.frame("W 72.50 kg")];
const against = (driver: Driver, rule: string, chunks = frames) => rules[rule]?.(trial(driver, ...chunks)) ?? [];

describe("conformance", () => {
  it("finds nothing against a driver without a fault", () => {
    for (const [name, rule] of Object.entries(rules)) expect(rule(trial(sound.driver, ...frames)), name).toEqual([]);
  });

  it.each([
    ["one that frames by chunk", framesByChunk.driver, "reads the same in any chunking"],
    ["one that acknowledges along with the report", acknowledgesEarly.driver, "acknowledges only after stored"],
    ["one that acknowledges when stored is late", acknowledgesUnasked.driver, "acknowledges only after stored"],
    ["one that throws", throws.driver, "never throws, whatever the bytes"],
    ["one that hoards bytes", hoards.driver, "holds no more than a frame, whatever the bytes"],
    ["one that ignores its checksum", ignoresChecksum.driver, "yields no other value after one flipped bit"],
    ["one that misplaces spans", misplacesSpans.driver, "never throws, whatever the bytes"],
  ])("catches %s", (_, driver, rule) => {
    expect(against(driver, rule)).not.toEqual([]);
    expect(against(sound.driver, rule)).toEqual([]);
  });

  it.each([
    "yields no partial value when cut short",
    "yields no other value after one lost byte",
    "yields no other value after one doubled byte",
  ])("catches one that accepts a truncated number: %s", (rule) => {
    expect(against(acceptsTruncatedNumber.driver, rule, ["W 72.50 kg\r\n", "W 123.4 kg\r\n"])).not.toEqual([]);
  });

  it("lets a driver declare what its protocol cannot show, with a reason, but not needlessly", () => {
    const undetected = () =>
      (["byte-lost", "byte-doubled", "cut-short"] as const).map((fault) => ({ fault, why: "no width" }));
    const honest = { ...acceptsTruncatedNumber.driver, undetected };
    const lines = ["W 72.50 kg\r\n", "W 123.4 kg\r\n"];
    expect(against(honest, "yields no other value after one lost byte", lines)).toEqual([]);
    expect(overclaims([trial(honest, ...lines)])).toEqual([]);
    expect(overclaims([trial(excusesItself.driver, ...frames)])).toHaveLength(1);
  });

  it("lets a simulated instrument hear that its result is safe only where it was stored", () => {
    expect(simulationHolds(sound.driver, {}, acknowledged)).toEqual([]);
    expect(simulationHolds(acknowledgesEarly.driver, {}, acknowledged)).not.toEqual([]);
    expect(simulationHolds(acknowledgesUnasked.driver, {}, acknowledged)).not.toEqual([]);
    const other = { ...acknowledged, samples: [{ weight: "99.9" }, { height: "180" }] };
    expect(simulationHolds(sound.driver, {}, other)).toHaveLength(1);
  });
});

/** A scale that waits for ACK. */
const acknowledged: Simulation = {
  instrument: () => {
    let measured = 0;
    return {
      handle(event) {
        if (event.on === "data") return latin1(event.bytes) === sound.ack ? [{ do: "safe", n: measured }] : [];
        const { weight } = event.on === "measure" ? event.values : {};
        if (weight === undefined) return [];
        measured++;
        return [{ do: "write", bytes: bytesOf(sound.frame(`W ${weight} kg`)) }];
      },
    };
  },
  samples: [{ weight: "72.5" }, { weight: "80.0" }],
};
