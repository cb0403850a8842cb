import type { Driver } from "../../../src/driver-kit/contract.ts";
import type { Framer } from "../../../src/driver-kit/framers/piece.ts";
import * as sound from "./sound.ts";

/** Takes each chunk for one frame, as it often is on a quiet bench. */
export const driver: Driver = {
  ...sound.driver,
  session: () => {
    let base = 0;
    const framer: Framer = {
      push(chunk) {
        const span = { from: base, to: base + chunk.length };
        base = span.to;
        return chunk.length === 0 ? [] : [{ is: "frame", bytes: chunk, span }];
      },
      flush: () => [],
      pending: 0,
      limit: 0,
    };
    return sound.session(framer);
  },
};
