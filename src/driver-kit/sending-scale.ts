import type { Instrument } from "./instrument.ts";

/** How a simulated scale sends. */
export interface Sending {
  readonly everyMs: number;
  /** Packets that one weighing sends before the patient steps off. */
  readonly packets: number;
}

/** A simulated scale that sends by itself: the same packet over and over while somebody stands on it, and nothing else. */
export function sendingScale(
  packetOf: (values: Readonly<Record<string, string>>) => Uint8Array,
  { everyMs, packets }: Sending,
): Instrument {
  let packet: Uint8Array = new Uint8Array();
  let left = 0;
  return {
    handle(event) {
      switch (event.on) {
        case "measure":
          packet = packetOf(event.values);
          left = packets;
          break;
        case "wake":
          break;
        case "open":
        case "data":
          return [];
        default:
          return event satisfies never;
      }
      if (left === 0) return [];
      left--;
      return [
        { do: "write", bytes: packet },
        { do: "wake", afterMs: left > 0 ? everyMs : 0 },
      ];
    },
  };
}
