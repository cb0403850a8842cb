import { z } from "zod";
import { specializations } from "./nomenclature.ts";

export const options = z.strictObject({
  specialization: z.enum(specializations).describe("what kind of device it is"),
  managerId: z
    .string()
    .regex(/^[0-9a-f]{16}$/, "write 16 lower-case hex digits")
    .default("1122334455667788")
    .describe("the system id by which the gateway names itself to devices"),
  protocolVersion: z
    .string()
    .regex(/^[0-9a-f]{8}$/, "write 8 lower-case hex digits")
    .default("80000000")
    .describe("the version of the protocol that the association is accepted in"),
  store: z
    .enum(["none", "accu-chek"])
    .default("none")
    .describe("whether results that the device keeps are asked for, and in what form its entries are"),
});

export type Options = z.output<typeof options>;
