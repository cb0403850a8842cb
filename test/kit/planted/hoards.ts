import type { Driver } from "../../../src/driver-kit/contract.ts";
import { latin1 } from "../../../src/driver-kit/text.ts";
import * as sound from "./sound.ts";

/** Keeps all that it ever got, to search it. */
export const driver: Driver = {
  ...sound.driver,
  session: () => {
    const session = sound.session(sound.framer());
    const kept: string[] = [];
    return {
      handle(event) {
        if (event.on === "data") kept.push(latin1(event.bytes));
        if (event.on === "close") kept.length = 0;
        return session.handle(event);
      },
    };
  },
};
