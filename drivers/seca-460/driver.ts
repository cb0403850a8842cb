import { z } from "zod";
import type { Driver, Session } from "../../src/driver-kit/contract.ts";
import { scaleSession } from "../../src/driver-kit/scale.ts";
import { blockFramer, decode } from "./block.ts";

const displayType = z
  .strictObject({
    unit: z.enum(["kg", "lb"]).describe("the unit that the scale shows"),
    decimals: z.number().int().min(0).max(4).describe("how many of the five digits stand behind the point"),
  })
  .describe("what the scale shows while it sends this display type");

const options = z.strictObject({
  weightKind: z
    .union([z.literal(0), z.literal(1)])
    .optional()
    .describe("the kind of block (A0 or A1) that brings the weight; without it none is read"),
  stableBit: z
    .union([z.literal(7), z.literal(0)])
    .optional()
    .describe("the bit of the first control byte that is set while the weight is at rest; without it none is read"),
  displayTypes: z
    .record(z.string().regex(/^[0-9A-F]$/, "write one hex digit in quotes: “1”"), displayType)
    .default({})
    .describe("what each display type, a hex digit, stands for; blocks of any other are not read"),
  settle: z.number().int().min(1).max(60).default(3).describe("blocks alike in a row that make a reading"),
  silenceMs: z.number().int().min(1500).max(60_000).default(3000).describe("a scale silent for so long has stopped"),
});

type Options = z.output<typeof options>;

/**
 * seca 460 RS232 interface, “Index c” (document 30-34-00-605). What its digits stand for is not described: the site says it,
 * in options that no shipped profile sets. Nothing is ever written to the scale.
 */
export const driver: Driver<Options> = {
  id: "seca-460",
  version: "1",
  input: "stream",
  integrity: "structure",
  options,
  speaks: ({ displayTypes }) => ({
    channels: ["W"],
    units: [...new Set(Object.values(displayTypes).map(({ unit }) => unit))],
  }),
  lacks: ({ weightKind, stableBit, displayTypes }) => [
    ...(weightKind === undefined ? ["weightKind"] : []),
    ...(stableBit === undefined ? ["stableBit"] : []),
    ...(Object.keys(displayTypes).length === 0 ? ["displayTypes"] : []),
  ],
  session,
};

function session({ settle, silenceMs, ...scale }: Options): Session {
  return scaleSession({
    framer: blockFramer(),
    weigh: (block) => decode(block, scale),
    group: "weighing",
    settle,
    silenceMs,
  });
}
