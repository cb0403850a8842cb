import type { Instrument, InstrumentEvent } from "../../../src/driver-kit/instrument.ts";
import type { Connection, ConnectionEvents, Link, Opened } from "../../../src/links/link.ts";
import type { VirtualTime } from "./time.ts";

/** How long bytes are on their way. */
const onTheWayMs = 1;

/**
 * A simulated instrument at one end and a gateway's link at the other. What is under way when the line breaks is lost;
 * the instrument keeps its memory and its clock.
 */
export class Cable {
  readonly name: string;
  readonly #instrument: Instrument;
  readonly #time: VirtualTime;
  readonly #onSafe: (n: number) => void;
  #plugged: boolean;
  /** Whether the instrument is at the far end of its cable, which stays plugged in at the gateway. */
  #onCable = true;
  #cancelAlarm = (): void => {};
  /** The connection at the gateway's end; another one after each break. */
  #near: ConnectionEvents | undefined;

  constructor(name: string, instrument: Instrument, time: VirtualTime, plugged: boolean, onSafe: (n: number) => void) {
    this.name = name;
    this.#instrument = instrument;
    this.#time = time;
    this.#plugged = plugged;
    this.#onSafe = onSafe;
    this.#tell({ on: "open" });
  }

  measure(values: Readonly<Record<string, string>>): void {
    this.#tell({ on: "measure", values, at: this.#time.now().wall.slice(0, 19) });
  }

  get plugged(): boolean {
    return this.#plugged;
  }

  /** Whether a gateway listens at the other end. */
  get connected(): boolean {
    return this.#near !== undefined;
  }

  plug(): void {
    this.#plugged = true;
  }

  unplug(): void {
    this.#plugged = false;
    const near = this.#near;
    this.#near = undefined;
    near?.closed({ reason: "lost", detail: "unplugged" });
  }

  /** The instrument is taken off its cable; the port stays open. */
  takeOff(): void {
    this.#onCable = false;
  }

  putOn(): void {
    this.#onCable = true;
  }

  /** The gateway is gone, and says nothing any more. */
  dropped(): void {
    this.#near = undefined;
  }

  link(): Link {
    return { name: this.name, passive: false, open: async () => this.#open(), dispose: () => {} };
  }

  #open(): Opened {
    if (!this.#plugged) return { ok: false, problem: { code: "PORT_MISSING" } };
    let mine: ConnectionEvents | undefined;
    const connection: Connection = {
      name: this.name,
      notes: [],
      start: (events) => {
        mine = events;
        this.#near = events;
        // A line discipline starts anew; a meter's clock does not.
        if (this.name.startsWith("analyzer")) this.#tell({ on: "open" });
      },
      write: (bytes) => {
        this.#time.after(onTheWayMs, () => {
          if (this.#near === mine && this.#onCable) this.#tell({ on: "data", bytes });
        });
      },
      pause: () => {},
      resume: () => {},
      close: async () => {
        if (this.#near === mine) this.#near = undefined;
      },
    };
    return { ok: true, connection };
  }

  #tell(event: InstrumentEvent): void {
    for (const action of this.#instrument.handle(event)) {
      switch (action.do) {
        case "write": {
          const to = this.#onCable ? this.#near : undefined;
          this.#time.after(onTheWayMs, () => {
            if (to !== undefined && this.#near === to) to.data(action.bytes);
          });
          break;
        }
        case "wake":
          this.#cancelAlarm();
          if (action.afterMs > 0) {
            this.#cancelAlarm = this.#time.after(action.afterMs, () => this.#tell({ on: "wake" }));
          }
          break;
        case "safe":
          this.#onSafe(action.n);
          break;
        default:
          action satisfies never;
      }
    }
  }
}
