/**
 * Longer than the pause between two rounds of questions, one of them missed; too short to take an instrument off its
 * cable, measure somebody elsewhere and bring it back.
 */
const mostSilentMs = 15_000;

interface State {
  /** Bytes that came and were not found to be noise. */
  readonly bytes: number;
  readonly since: number;
  readonly heardMs: number;
  /** When the first question was asked that nothing has answered since. */
  readonly askedMs: number | undefined;
}

/**
 * Since when the instrument has been at the other end of an open connection, as far as what it says can tell: a cable
 * that is always plugged in is open without it. An instrument that left a question unanswered for a while was away, and is
 * back with its next byte. One that is carried from room to room may also have been away where nobody asked: then any
 * long silence counts. Another serial number is another instrument, come at that moment.
 */
export class Presence {
  readonly #carried: boolean;
  #now: State;
  /** How it was before bytes came that may turn out to be noise of the open line. */
  #before: State;
  #serial: string | undefined;

  constructor(openedMs: number, carried: boolean) {
    this.#carried = carried;
    this.#now = { bytes: 0, since: openedMs, heardMs: openedMs, askedMs: undefined };
    this.#before = this.#now;
  }

  /** On the scale of the times that it is given. */
  get since(): number {
    return this.#now.since;
  }

  /** The driver asks, by itself; what it writes as an answer is no question. */
  asks(nowMs: number): void {
    const { bytes, since, heardMs, askedMs = nowMs } = this.#now;
    this.#now = { bytes, since, heardMs, askedMs };
    this.#before = this.#now;
  }

  heard(count: number, nowMs: number): void {
    const { bytes, since, heardMs, askedMs = nowMs } = this.#now;
    const silentMs = nowMs - (this.#carried ? heardMs : askedMs);
    this.#now = {
      bytes: bytes + count,
      since: silentMs > mostSilentMs ? nowMs : since,
      heardMs: nowMs,
      askedMs: undefined,
    };
  }

  /** So many of the bytes that came were noise. Where nothing else came, nobody was heard. */
  noise(count: number): void {
    const bytes = this.#now.bytes - count;
    const { since, heardMs, askedMs } = bytes <= this.#before.bytes ? this.#before : this.#now;
    this.#now = { bytes, since, heardMs, askedMs };
  }

  /** What came was understood. */
  understood(): void {
    this.#before = this.#now;
  }

  identified(serial: string | undefined, nowMs: number): void {
    if (serial !== undefined && this.#serial !== undefined && serial !== this.#serial) {
      const { bytes, heardMs, askedMs } = this.#now;
      this.#now = { bytes, since: nowMs, heardMs, askedMs };
    }
    this.#serial = serial ?? this.#serial;
    this.understood();
  }
}
