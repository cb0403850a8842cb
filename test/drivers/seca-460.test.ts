import { describe, expect, it } from "vitest";
import { decode } from "../../drivers/seca-460/block.ts";
import { driver } from "../../drivers/seca-460/driver.ts";
import { profileSchema } from "../../src/config/profile.ts";
import type { Capture } from "../../src/driver-kit/capture.ts";
import { replay } from "../../src/driver-kit/replay.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";
import type { Trial } from "../kit/conformance/trial.ts";
import { perCapture, perProfile } from "../kit/conformance.ts";

/** What a site has found out on its own scale; no shipped profile can know it. */
const facts = {
  weightKind: 0,
  stableBit: 7,
  displayTypes: {
    "1": { unit: "kg", decimals: 1 },
    "2": { unit: "kg", decimals: 2 },
    "3": { unit: "lb", decimals: 1 },
  },
} as const;
const options = driver.options.parse(facts);
const channels = profileSchema.shape.channels.parse({ W: { units: { kg: "kg", lb: "[lb_av]" } } });

/** A block from STX to ETX, its bytes as hex digits between them. */
const binary = (hex: string) => Uint8Array.of(2, ...Buffer.from(hex, "hex"), 0x0d, 0x0a, 3);
const inText = (hex: string) => bytesOf(`\x02${hex}\r\n\x03`);

/** One block a second, then nothing. */
function stream(...blocks: readonly Uint8Array[]): Capture {
  return {
    head: { capture: 1, profile: "seca-460", source: "built from the layout of a block", evidence: "constructed" },
    lines: [
      ...blocks.map((block, at) => ({ ms: at * 1000, in: block })),
      { ms: blocks.length * 1000 + 5000, event: "end" },
    ],
  };
}

/** What is read of blocks, each as digits, unit and flags. */
function read(...blocks: readonly Uint8Array[]) {
  const { findings } = replay(driver.session(options), stream(...blocks).lines);
  return findings.map(({ value, unit, flags = [] }) => [value.text, unit, ...flags].join(" "));
}

const times = <T>(n: number, one: T): readonly T[] => Array.from({ length: n }, () => one);

const captures = {
  "binary blocks": stream(...times(4, binary("A0007251800000"))),
  "blocks in hex text": stream(...times(4, inText("A0007251800000"))),
  "blocks with a check byte": stream(...times(4, binary("A00104828000F4"))),
};

describe("a seca 460 of which a site has told the rest", () => {
  it("reads the digits with the point and the unit of their display type, in both forms of a block", () => {
    expect(read(...times(4, binary("A0007251800000")))).toEqual(["72.5 kg"]);
    expect(read(...times(4, inText("A0007252800000")))).toEqual(["7.25 kg"]);
    expect(read(...times(4, binary("A0015983800000")))).toEqual(["159.8 lb"]);
  });

  it("tells each load once, and again after the scale was empty", () => {
    const load = times(4, binary("A0007251800000"));
    expect(read(...load, binary("A0000001800000"), ...load)).toEqual(["72.5 kg", "72.5 kg"]);
  });

  it("reads a weight only where it is at rest, above zero and sound", () => {
    const control = {
      moving: "00",
      hold: "A0",
      minus: "90",
      "not applicable": "84",
      "temperature drift": "82",
      "zero timeout": "81",
    };
    for (const bits of Object.values(control)) expect(read(...times(4, binary(`A0007251${bits}0000`)))).toEqual([]);
  });

  it("takes along that a tare is subtracted, and tells no load again because its battery runs low", () => {
    expect(read(...times(4, binary("A0007251880000")), ...times(4, binary("A0007251C80000")))).toEqual(["72.5 kg net"]);
  });

  it("takes a weight on hold for nobody's", () => {
    const held = times(4, binary("A0007251A00000"));
    expect(read(...held)).toEqual([]);
    const other = times(4, binary("A0007251800000"));
    expect(read(...other, ...held, ...other)).toEqual(["72.5 kg", "72.5 kg"]);
  });

  it("takes what follows a load that is gone for a new one, whatever the digits are meanwhile", () => {
    const load = times(4, binary("A0007251800000"));
    expect(read(...load, binary("A0FFFFF1840000"), ...load)).toEqual(["72.5 kg", "72.5 kg"]);
  });

  it("says what a site has not told yet", () => {
    expect(driver.lacks?.(driver.options.parse({}))).toEqual(["weightKind", "stableBit", "displayTypes"]);
    expect(driver.lacks?.(driver.options.parse({ weightKind: 1 }))).toEqual(["stableBit", "displayTypes"]);
    expect(driver.lacks?.(options)).toEqual([]);
  });

  it("counts the control bits from the end that the site names", () => {
    const lowFirst = { ...facts, stableBit: 0 } as const;
    expect(decode(binary("A0007251010000"), lowFirst).is).toBe("load");
    expect(decode(binary("A0007251090000"), lowFirst).is).toBe("unsettled");
    expect(decode(binary("A0007251800000"), lowFirst).is).toBe("unsettled");
  });

  it("reads nothing whose meaning the site has not told", () => {
    const block = binary("A0007251800000");
    expect(decode(block, { ...facts, weightKind: undefined }).is).toBe("malformed");
    expect(decode(block, { ...facts, stableBit: undefined }).is).toBe("malformed");
    expect(decode(block, { ...facts, displayTypes: {} }).is).toBe("malformed");
    expect(decode(block, { ...facts, weightKind: 1 }).is).toBe("aside");
    expect(decode(binary("A0007F51800000"), facts).is).toBe("malformed");
    expect(decode(binary("A40725118000"), facts).is).toBe("malformed");
  });

  describe.each(Object.entries(captures))("on %s", (_, capture) => {
    const trial: Trial = { driver, options, capture, channels, ignore: [] };
    it("is read", () => expect(replay(driver.session(options), capture.lines).findings).toHaveLength(1));
    for (const [sentence, rule] of Object.entries({ ...perProfile, ...perCapture }))
      it(sentence, () => expect(rule(trial)).toEqual([]));
  });
});
