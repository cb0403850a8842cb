/** Each instrument's own USB socket: the emulated controller that it is plugged into, and the bus that it appears on. */
export const at = {
  lineScale: 0,
  hidScale: 1,
  twinA: 2,
  twinB: 3,
  scanner: 4,
  ownKeyboard: 5,
  visitor: 6,
  oneOfTwo: 7,
  otherOfTwo: 8,
} as const;
