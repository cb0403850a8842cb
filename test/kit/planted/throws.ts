import type { Driver } from "../../../src/driver-kit/contract.ts";
import { latin1 } from "../../../src/driver-kit/text.ts";
import * as sound from "./sound.ts";

/** Takes it that a frame has a unit. */
export const driver: Driver = {
  ...sound.driver,
  session: () =>
    sound.session(
      sound.framer(() => "ok"),
      (bytes) => {
        const text = latin1(bytes.subarray(1, -3));
        if (text.split(" ").length < 3) throw new TypeError("Cannot read properties of undefined");
        return text;
      },
    ),
};
