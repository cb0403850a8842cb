import type { Reply } from "./reply.ts";

/** Saturation with the rate counted along with it. */
export interface Saturation {
  readonly saturation: string;
  readonly rate?: string;
}

export interface Oximeter {
  /** What a reply shows, where it is a reading now. `due`: it is one anyway, once it is settled. */
  see(reply: Reply, due: boolean): Saturation | undefined;
  /** The monitor was away: what is shown next counts as put on anew. */
  forget(): void;
}

/** Saturation is read once two replies in a row show the same, once for each time that the sensor is put on. */
export function oximeter(): Oximeter {
  let before: string | undefined;
  let read = false;

  return {
    forget() {
      read = false;
    },
    see({ saturation, rate }, due) {
      if (saturation === undefined || Number(saturation) > 100) {
        before = undefined;
        read = false;
        return undefined;
      }
      const shown = `${saturation} ${rate ?? ""}`;
      const settled = shown === before;
      before = shown;
      if (!settled || (read && !due)) return undefined;
      read = true;
      return rate === undefined ? { saturation } : { saturation, rate };
    },
  };
}
