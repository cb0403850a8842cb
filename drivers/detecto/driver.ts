import { z } from "zod";
import type { Driver, Session } from "../../src/driver-kit/contract.ts";
import { lines } from "../../src/driver-kit/framers/lines.ts";
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

/** Detecto solo scales: asked for the result on the screen (P), and for nothing else. */
export const driver: Driver<Options> = {
  id: "detecto",
  version: "1",
  input: "stream",
  integrity: "structure",
  options,
  session,
};

function session({ pollMs, settle, silenceMs }: Options): Session {
  return scaleSession({
    framer: lines({ ends: ["\r"], bound: 100, restIsNoLine: true }),
    weigh: (reply) => decode(latin1(reply)),
    group: "weighing",
    poll: { command: bytesOf("\nP\r"), everyMs: pollMs },
    settle,
    silenceMs,
  });
}
