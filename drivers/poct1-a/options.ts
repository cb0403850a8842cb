import { z } from "zod";

export const options = z.strictObject({
  tests: z
    .record(z.string(), z.array(z.string()))
    .default({})
    .describe("the tests that are known, by OBS.observation_id, with the units that each may carry"),
  continuous: z
    .boolean()
    .default(true)
    .describe("after the stored results the instrument is asked to send new ones by itself"),
  acknowledgeEnd: z.boolean().default(false).describe("whether the end of a topic (EOT) is acknowledged"),
  notes: z.enum(["flags", "ignore"]).default("flags").describe("flags: notes on a result are among its flags"),
  maxMessage: z.number().int().min(1024).max(262_144).default(65_536).describe("longest message, in bytes"),
});

export type Options = z.output<typeof options>;
