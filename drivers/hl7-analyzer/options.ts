import { z } from "zod";

const specimenPlaces = ["SPM-2", "SAC-3", "OBR-3", "OBR-2", "PID-2", "PID-3"] as const;

export const options = z.strictObject({
  tests: z
    .record(z.string(), z.array(z.string()))
    .default({})
    .describe("the tests that are known, by their code in OBX-3, with the units that each may carry in OBX-6"),
  code: z.number().int().min(1).max(6).default(1).describe("which component of OBX-3 is the code"),
  reportable: z
    .enum(["all", "RSLT"])
    .default("all")
    .describe("RSLT: only observations that say so in OBX-29 are results (IHE LAW)"),
  skipTypes: z
    .array(z.string())
    .default(["ED", "RP", "IS"])
    .describe("types of values (OBX-2) that are no results: images, histograms, modes of the run"),
  specimen: z
    .array(z.enum(specimenPlaces))
    .default(["SPM-2", "SAC-3", "OBR-3"])
    .describe("where the specimen's identifier stands; the first that holds something"),
  patient: z.enum(["PID-3", "PID-2", "none"]).default("PID-3").describe("where the patient's identifier stands"),
  controlOrders: z.array(z.string()).default([]).describe("order codes (OBR-4) that only control runs have"),
  unknownRole: z
    .enum(["control", "patient"])
    .default("control")
    .describe("what a specimen is that the analyzer says it does not know (SPM-11 U)"),
  absentValues: z
    .record(z.string(), z.enum(["not-measured", "failed", "masked", "out-of-range", "not-computable"]))
    .default({})
    .describe("words that stand in the place of a value that is not there, and why"),
  notes: z.enum(["flags", "ignore"]).default("flags").describe("flags: notes that follow a result are among its flags"),
  maxMessage: z.number().int().min(1024).max(1_048_576).default(524_288).describe("longest message, in bytes"),
});

export type Options = z.output<typeof options>;
