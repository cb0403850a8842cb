import type { Driver } from "../../../src/driver-kit/contract.ts";
import { bytesOf } from "../../../src/driver-kit/text.ts";
import * as sound from "./sound.ts";

/** Waits for `stored`, but not for long. */
export const driver: Driver = {
  ...sound.driver,
  session: () => {
    const session = sound.session(sound.framer());
    let waiting = false;
    return {
      handle(event) {
        if (event.on === "stored" || event.on === "refused") waiting = false;
        const actions = session.handle(event);
        if (event.on === "wake" && waiting) return [...actions, { do: "write", bytes: bytesOf(sound.ack) }];
        waiting ||= actions.some((action) => action.do === "report");
        return actions;
      },
    };
  },
};
