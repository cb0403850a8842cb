import type { Driver } from "../../src/driver-kit/contract.ts";
import { Manager } from "./manager.ts";
import { type Options, options } from "./options.ts";

/**
 * Personal health devices of IEEE 11073-20601: associates as a manager, takes the device's configuration, and answers its
 * confirmed reports after they are stored. Of those that keep
 * their results it asks for them. Reads only; no clock is set and no memory cleared.
 */
export const driver: Driver<Options> = {
  id: "ieee11073",
  version: "1",
  input: "stream",
  integrity: "structure",
  options,
  session: (given) => new Manager(given),
  undetected: ({ store }) =>
    store !== "none"
      ? []
      : [
          {
            fault: "byte-doubled",
            why: "APDUs have no checksum, and a byte doubled in the last time of a report leaves a possible time; USB and TCP check what they carry",
          },
        ],
};
