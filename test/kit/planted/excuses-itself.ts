import type { Driver } from "../../../src/driver-kit/contract.ts";
import * as sound from "./sound.ts";

/** Declares a limit that it does not have. */
export const driver: Driver = {
  ...sound.driver,
  integrity: "structure",
  undetected: () => [{ fault: "byte-lost", why: "to be on the safe side" }],
};
