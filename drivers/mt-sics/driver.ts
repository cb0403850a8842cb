import { z } from "zod";
import type { Driver, Session } from "../../src/driver-kit/contract.ts";
import { lines } from "../../src/driver-kit/framers/lines.ts";
import { scaleSession } from "../../src/driver-kit/scale.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import { decode } from "./replies.ts";

const options = z
  .strictObject({
    pollMs: z.number().int().min(100).max(10_000).default(500).describe("pause between two questions"),
    settle: z.number().int().min(1).max(60).default(2).describe("stable replies alike in a row that make a reading"),
    silenceMs: z.number().int().min(500).max(60_000).default(3000).describe("a scale silent for so long is gone"),
  })
  .refine(({ pollMs, silenceMs }) => pollMs <= silenceMs, { path: ["silenceMs"], message: "is shorter than pollMs" });

type Options = z.output<typeof options>;

/** Scales with MT-SICS level 0: asked for the serial number once (I4), then for the weight (SI). Nothing else is sent. */
export const driver: Driver<Options> = {
  id: "mt-sics",
  version: "1",
  input: "stream",
  integrity: "structure",
  options,
  session,
};

function session({ pollMs, settle, silenceMs }: Options): Session {
  return scaleSession({
    framer: lines({ ends: ["\r\n"], bound: 200, restIsNoLine: true }),
    weigh: (line) => decode(latin1(line)),
    group: "weighing",
    poll: { first: [bytesOf("I4\r\n")], command: bytesOf("SI\r\n"), everyMs: pollMs },
    settle,
    silenceMs,
  });
}
