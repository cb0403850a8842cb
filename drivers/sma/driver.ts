import { z } from "zod";
import type { Driver, Session } from "../../src/driver-kit/contract.ts";
import { envelope } from "../../src/driver-kit/framers/envelope.ts";
import { scaleSession } from "../../src/driver-kit/scale.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import { decode } from "./reply.ts";

const options = z
  .strictObject({
    pollMs: z.number().int().min(200).max(10_000).default(500).describe("pause between two questions"),
    settle: z.number().int().min(1).max(60).default(2).describe("replies alike in a row that make a reading"),
    silenceMs: z.number().int().min(500).max(60_000).default(3000).describe("a scale silent for so long is gone"),
  })
  .refine(({ pollMs, silenceMs }) => pollMs <= silenceMs, { path: ["silenceMs"], message: "is shorter than pollMs" });

type Options = z.output<typeof options>;

/** Scales with the SMA level 1 protocol (SCP-0499): asked for the weight (W), and for nothing else. */
export const driver: Driver<Options> = {
  id: "sma",
  version: "1",
  input: "stream",
  integrity: "structure",
  options,
  session,
};

function session({ pollMs, settle, silenceMs }: Options): Session {
  return scaleSession({
    framer: envelope({ starts: ["\n"], ends: ["\r"], bound: 40 }),
    weigh: (reply) => decode(latin1(reply)),
    group: "weighing",
    poll: { command: bytesOf("\nW\r"), everyMs: pollMs },
    settle,
    silenceMs,
  });
}
