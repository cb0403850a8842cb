import { z } from "zod";
import { specializations } from "./nomenclature.ts";

export const options = z.strictObject({
  specialization: z.enum(specializations).describe("what kind of device it is"),
  managerId: z
    .string()
    .regex(/^[0-9a-f]{16}$/, "write 16 lower-case hex digits")
    .default("1122334455667788")
    .describe("the system id by which the gateway names itself to devices"),
});

export type Options = z.output<typeof options>;
