const firstMs = 1000;
const longestMs = 60_000;

/**
 * How long to wait before try number `failures` + 1: 1 s, doubled each time, 60 s at most, and up to a quarter less by
 * chance, so that gateways which lost the same receiver do not come back in step. `random` gives [0, 1).
 */
export function backoffMs(failures: number, random: () => number): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.max(0, failures - 1));
  return Math.round(full * (1 - random() / 4));
}
