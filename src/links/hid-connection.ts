import type { Connection, ConnectionEvents } from "./link.ts";
import { Outgoing, textOf } from "./outgoing.ts";

/** The parts of node-hid's HIDAsync that are used. */
export interface OpenHid {
  on(event: "data", listener: (report: Uint8Array) => void): unknown;
  on(event: "error", listener: (error: unknown) => void): unknown;
  write(report: Buffer): Promise<number>;
  sendFeatureReport(report: Buffer): Promise<number>;
  close(): Promise<void>;
}

/** Reports that are kept while reading is paused: HID has no way to make an instrument wait. */
const mostHeld = 4096;

/**
 * An open HID interface: each `data` event is one input report, each `write` one output or feature report. A report is laid out as
 * hidraw has it. What is read begins with the report's id if the interface numbers its reports, and has no such byte if
 * it does not; what is written always begins with the id, 0 where reports are not numbered.
 */
export class HidConnection implements Connection {
  readonly name: string;
  readonly notes: readonly string[] = [];
  readonly #device: OpenHid;
  #events: ConnectionEvents | undefined;
  #held: Uint8Array[] | undefined;
  #reading: Promise<void> = Promise.resolve();
  readonly #outgoing = new Outgoing("reports", (detail) => this.#lose(detail));
  #closing = false;

  constructor(device: OpenHid, name: string) {
    this.#device = device;
    this.name = name;
  }

  start(events: ConnectionEvents): void {
    this.#events = events;
    // node-hid has no close event: this error is the only sign of an unplugging.
    this.#device.on("error", (error) => this.#lose(textOf(error)));
    this.#device.on("data", (report) => this.#take(report));
    // node-hid begins to read one tick later, and throws there if it was closed meanwhile.
    this.#reading = new Promise((resolve) => process.nextTick(resolve));
  }

  write(bytes: Uint8Array, as?: "feature-report"): void {
    if (this.#closing || bytes.length === 0) return;
    const report = Buffer.from(bytes);
    this.#outgoing.add(bytes, () =>
      as === "feature-report" ? this.#device.sendFeatureReport(report) : this.#device.write(report),
    );
  }

  pause(): void {
    this.#held ??= [];
  }

  resume(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const [i, report] of held.entries()) {
      if (this.#closing) return;
      // Whoever takes a report may pause again; the rest goes before what comes later.
      if (this.#held !== undefined) {
        this.#held = held.slice(i);
        return;
      }
      this.#events?.data(report);
    }
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    await this.#outgoing.drained();
    await this.#release();
  }

  #take(report: Uint8Array): void {
    if (this.#closing) return;
    const bytes = new Uint8Array(report.buffer, report.byteOffset, report.byteLength);
    if (this.#held === undefined) this.#events?.data(bytes);
    else if (this.#held.push(bytes) > mostHeld) this.#lose("more reports came than can be kept");
  }

  #lose(detail: string): void {
    if (this.#closing) return;
    this.#closing = true;
    void this.#release().then(() => this.#events?.closed({ reason: "lost", detail }));
  }

  async #release(): Promise<void> {
    this.#outgoing.drop();
    await this.#reading;
    await this.#device.close().catch(() => {});
  }
}
