import type { Driver } from "../../../src/driver-kit/contract.ts";
import { bytesOf } from "../../../src/driver-kit/text.ts";
import * as sound from "./sound.ts";

/** Acknowledges along with its report, as so many do. */
export const driver: Driver = {
  ...sound.driver,
  session: () => {
    const session = sound.session(sound.framer());
    return {
      handle(event) {
        if (event.on === "stored") return [];
        const actions = session.handle(event);
        return actions.some((action) => action.do === "report")
          ? [...actions, { do: "write", bytes: bytesOf(sound.ack) }]
          : actions;
      },
    };
  },
};
