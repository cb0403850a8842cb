import type { Duplex } from "node:stream";
import type { Instrument, InstrumentAction, InstrumentEvent } from "../../driver-kit/instrument.ts";

/** A simulated instrument at work on a byte stream. */
export interface Player {
  /** It takes a measurement now, by its own clock. */
  measure(values: Readonly<Record<string, string>>, at: string): void;
  /**
   * A new stream is there, as after a replug: the instrument itself keeps its memory. It has one line only, so that the
   * former stream, if it is open still, is ended.
   */
  attach(stream: Duplex): void;
  /** Whether it has something under way: it will act again by itself. */
  readonly busy: boolean;
  stop(): void;
}

/** Runs a simulated instrument in real time. `onSafe` hears each measurement that the gateway acknowledged. */
export function play(instrument: Instrument, stream: Duplex, onSafe: (n: number) => void = () => {}): Player {
  let current = stream;
  let alarm: NodeJS.Timeout | undefined;

  const listen = (s: Duplex): void => {
    s.on("data", (bytes: Uint8Array) => {
      if (s === current) handle({ on: "data", bytes });
    });
    s.on("error", () => s.destroy());
    handle({ on: "open" });
  };
  listen(stream);

  return {
    measure: (values, at) => handle({ on: "measure", values, at }),
    attach(next) {
      const former = current;
      current = next;
      former.destroy();
      listen(next);
    },
    get busy() {
      return alarm !== undefined;
    },
    stop() {
      clearTimeout(alarm);
      alarm = undefined;
      current.destroy();
    },
  };

  function ring(): void {
    alarm = undefined;
    handle({ on: "wake" });
  }

  function handle(event: InstrumentEvent): void {
    for (const action of instrument.handle(event)) perform(action);
  }

  function perform(action: InstrumentAction): void {
    switch (action.do) {
      case "write":
        if (!current.destroyed && current.writable) current.write(action.bytes);
        return;
      case "wake":
        clearTimeout(alarm);
        alarm = action.afterMs > 0 ? setTimeout(ring, action.afterMs) : undefined;
        return;
      case "safe":
        onSafe(action.n);
        return;
      default:
        action satisfies never;
    }
  }
}
