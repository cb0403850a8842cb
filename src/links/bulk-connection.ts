import type { Connection, ConnectionEvents } from "./link.ts";
import { Outgoing, textOf } from "./outgoing.ts";

/** A claimed USB interface with a bulk endpoint each way, as far as it is used. */
export interface OpenBulk {
  /** One packet of the device's; it waits until there is one. Rejects when the device is gone, or on `close`. */
  read(): Promise<Uint8Array>;
  /** One transfer to the device. */
  write(bytes: Uint8Array): Promise<void>;
  /** Breaks off what is under way, gives the interface back, and closes the device. Never rejects. */
  close(): Promise<void>;
}

/**
 * An open USB interface: a stream of bytes each way. What arrives is told packet by packet, so that no transfer waits
 * for bytes that do not come; where the one ends and the next begins is the protocol's to know. Each `write` is one
 * transfer. While reading is paused nothing is asked of the instrument, and it waits.
 */
export class BulkConnection implements Connection {
  readonly name: string;
  readonly notes: readonly string[] = [];
  readonly #device: OpenBulk;
  #events: ConnectionEvents | undefined;
  #paused = false;
  #reading = false;
  /** A packet that came after the pause was asked for. */
  #held: Uint8Array | undefined;
  readonly #outgoing = new Outgoing("bytes", (detail) => this.#lose(detail));
  #closing = false;

  constructor(device: OpenBulk, name: string) {
    this.#device = device;
    this.name = name;
  }

  start(events: ConnectionEvents): void {
    this.#events = events;
    void this.#read();
  }

  write(bytes: Uint8Array): void {
    if (this.#closing || bytes.length === 0) return;
    this.#outgoing.add(bytes, () => this.#device.write(bytes));
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined && !this.#closing) this.#events?.data(held);
    void this.#read();
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    await this.#outgoing.drained();
    await this.#release();
  }

  async #read(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      while (!this.#paused && !this.#closing) {
        const packet = await this.#device.read();
        if (this.#closing || packet.length === 0) continue;
        if (this.#paused) this.#held = packet;
        else this.#events?.data(packet);
      }
    } catch (error) {
      this.#lose(textOf(error));
    } finally {
      this.#reading = false;
    }
  }

  #lose(detail: string): void {
    if (this.#closing) return;
    this.#closing = true;
    void this.#release().then(() => this.#events?.closed({ reason: "lost", detail }));
  }

  async #release(): Promise<void> {
    this.#outgoing.drop();
    await this.#device.close();
  }
}
