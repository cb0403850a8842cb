import type { Reply } from "./reply.ts";

/** Saturation with the rate counted along with it. */
export interface Saturation {
  readonly channel: "SaO2";
  readonly saturation: string;
  readonly rate: string | undefined;
}

/** What the sensor shows in a reply; nothing where it is off, or shows more than there is. */
export function saturationOf({ saturation, rate }: Reply): readonly Saturation[] {
  return saturation === undefined || Number(saturation) > 100 ? [] : [{ channel: "SaO2", saturation, rate }];
}
