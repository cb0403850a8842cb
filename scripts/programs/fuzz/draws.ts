/** Draws that are the same for the same seed. */
export interface Draws {
  /** In [0, 1). */
  (): number;
  /** A whole number in [0, below). */
  below(below: number): number;
  /** The same, mostly small: half of them are in the first quarter. */
  few(below: number): number;
  chance(share: number): boolean;
  /** One of them; there must be one. */
  of<T>(these: readonly T[]): T;
}

/** mulberry32; seeds that follow each other give unlike draws. */
export function draws(seed: number): Draws {
  let state = seed | 0;
  const draw = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(draw() * n);
  return Object.assign(draw, {
    below,
    few: (n: number) => Math.floor(draw() ** 2 * n),
    chance: (share: number) => draw() < share,
    of<T>(these: readonly T[]): T {
      const [first] = these;
      if (first === undefined) throw new RangeError("nothing to draw from");
      return these[below(these.length)] ?? first;
    },
  });
}
