import { randomFillSync } from "node:crypto";
import { uuidv7 } from "./model/ids.ts";

/** Random bytes of one identifier. */
const size = 10;
/** Asking the system for randomness costs more than all else about an identifier, so it is asked for many at once. */
const stockOf = 512;

/** A mint of identifiers (UUIDv7), each given out once. */
export function minter(): () => string {
  const stock = new Uint8Array(stockOf * size);
  let used = stock.length;
  return () => {
    if (used === stock.length) {
      randomFillSync(stock);
      used = 0;
    }
    const random = stock.subarray(used, used + size);
    used += size;
    return uuidv7(Date.now(), random);
  };
}
