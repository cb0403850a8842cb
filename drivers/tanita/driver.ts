import { z } from "zod";
import type { Driver, Session } from "../../src/driver-kit/contract.ts";
import { lines } from "../../src/driver-kit/framers/lines.ts";
import { scaleSession } from "../../src/driver-kit/scale.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { decode } from "./result.ts";

const options = z.strictObject({
  silenceMs: z
    .number()
    .int()
    .min(500)
    .max(60_000)
    .default(2000)
    .describe("the same result again within so long is the same measurement"),
});

type Options = z.output<typeof options>;

/** Tanita scales and body composition analysers: one line of keys and values after each measurement. Nothing is written. */
export const driver: Driver<Options> = {
  id: "tanita",
  version: "1",
  input: "stream",
  integrity: "checksum",
  options,
  session,
};

function session({ silenceMs }: Options): Session {
  return scaleSession({
    // A line of the MC-780 has about 1270 characters.
    framer: lines({ ends: ["\r\n"], bound: 4096 }),
    weigh: (line) => decode(latin1(line)),
    group: "measurement",
    settle: 1,
    silenceMs,
  });
}
