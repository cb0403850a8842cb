import type { Driver } from "../../../src/driver-kit/contract.ts";
import { lines } from "../../../src/driver-kit/framers/lines.ts";
import { latin1 } from "../../../src/driver-kit/text.ts";
import * as sound from "./sound.ts";

/** Plain lines with a number of any width, and a silence that ends a line. */
export const driver: Driver = {
  ...sound.driver,
  integrity: "none",
  session: () =>
    sound.session(lines({ ends: ["\r\n"], bound: 40, silenceEnds: true }), (bytes) => {
      const [digits] = /\d+(\.\d+)?/.exec(latin1(bytes)) ?? [""];
      return `W ${digits} kg`;
    }),
};
