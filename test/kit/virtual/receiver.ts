import { latin1 } from "../../../src/driver-kit/text.ts";
import type { Purpose } from "../../../src/journal/journal.ts";
import type { Observation } from "../../../src/model/observation.ts";
import type { SendResult, Sink } from "../../../src/sinks/sink.ts";
import type { VirtualTime } from "./time.ts";

/** How a receiver behaves for now. */
export type Mood =
  | "well"
  /** Nobody answers the call. */
  | "away"
  /** It takes the message, and its answer is lost. */
  | "unheard"
  /** The connection breaks before it has taken the message. */
  | "broken"
  /** It reports an error, and takes nothing. */
  | "error"
  /** It refuses for good, and takes nothing. */
  | "refusing";

/** One observation as a receiver filed it. */
export interface FiledVirtually {
  readonly id: string;
  readonly purpose: Purpose;
  readonly whose: string | undefined;
  readonly text: string;
}

/** A clinic in memory that files each message once, by its control id. */
export class VirtualReceiver {
  readonly #time: VirtualTime;
  readonly #messages = new Map<string, string>();
  readonly filed: FiledVirtually[] = [];
  /** One id over other bytes. */
  readonly lies: string[] = [];
  mood: Mood = "well";

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  /** A gateway's way to it. */
  sink(): Sink {
    return {
      id: "ehr",
      window: 1,
      encode: ({ controlId, purpose, observations }) =>
        new TextEncoder().encode(JSON.stringify({ controlId, filed: observations.map((one) => filing(one, purpose)) })),
      connect: () =>
        this.#later<SendResult>(this.mood === "away" ? { ok: false, code: "RECEIVER_DOWN" } : { ok: true }),
      send: ({ controlId, bytes }) => this.#later(this.#answer(controlId, latin1(bytes))),
      close: async () => {},
    };
  }

  #answer(controlId: string, text: string): SendResult {
    switch (this.mood) {
      case "well":
        this.#file(controlId, text);
        return { ok: true };
      case "away":
        return { ok: false, code: "RECEIVER_DOWN" };
      case "unheard":
        this.#file(controlId, text);
        return { ok: false, code: "ACK_TIMEOUT" };
      case "broken":
        return { ok: false, code: "ACK_CLOSED" };
      case "error":
        return { ok: false, code: "ACK_ERROR" };
      case "refusing":
        return { ok: false, code: "ACK_REJECT" };
      default:
        return this.mood satisfies never;
    }
  }

  #file(controlId: string, text: string): void {
    const before = this.#messages.get(controlId);
    if (before !== undefined && before !== text) this.lies.push(controlId);
    if (before !== undefined) return;
    this.#messages.set(controlId, text);
    this.filed.push(...(JSON.parse(text) as { filed: FiledVirtually[] }).filed);
  }

  #later<T>(result: T): Promise<T> {
    return new Promise((resolve) => void this.#time.after(3, () => resolve(result)));
  }
}

function filing({ id, binding, value }: Observation, purpose: Purpose): FiledVirtually {
  const subject = binding?.subject;
  const whose = subject?.kind === "patient" ? subject.patient.id : subject?.specimen;
  return { id, purpose, whose, text: value.kind === "quantity" ? value.text : "" };
}
