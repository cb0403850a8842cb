import type { Driver } from "../../../src/driver-kit/contract.ts";
import * as sound from "./sound.ts";

/** Counts spans from the beginning of the chunk. */
export const driver: Driver = {
  ...sound.driver,
  session: () => {
    const session = sound.session(sound.framer());
    return {
      handle: (event) =>
        session
          .handle(event)
          .map((action) =>
            action.do === "discard" ? { ...action, span: { from: 0, to: action.span.to - action.span.from } } : action,
          ),
    };
  },
};
