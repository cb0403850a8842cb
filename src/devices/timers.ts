/** The passing of time, an edge that tests replace. `after` calls once, unless the function that it answers is called. */
export interface Timers {
  after(ms: number, call: () => void): () => void;
}

/** setTimeout takes a longer time for no time at all. */
const longestTimerMs = 2 ** 31 - 1;

export const hostTimers: Timers = {
  after(ms, call) {
    const timer = setTimeout(call, Math.min(ms, longestTimerMs));
    return () => clearTimeout(timer);
  },
};
