import { z } from "zod";
import type { Action, Driver, Finding, Session, SessionEvent, Span } from "../../src/driver-kit/contract.ts";
import { envelope } from "../../src/driver-kit/framers/envelope.ts";
import { inSlices } from "../../src/driver-kit/framers/in-slices.ts";
import type { Piece } from "../../src/driver-kit/framers/piece.ts";
import { Sum } from "../../src/driver-kit/in-sum.ts";
import { check, type Packet, readPacket } from "./packet.ts";

const options = z.strictObject({
  dateOrder: z.enum(["ymd", "dmy", "mdy"]).default("ymd").describe("the order of the date set on the analyzer"),
  pollSeconds: z.number().int().min(5).max(3600).default(15).describe("how often it is asked for another result"),
});

export type Options = z.output<typeof options>;

/**
 * Bayer, now Siemens, Clinitek 50: urine strips. Its results are asked for one by one, and each is acknowledged, so that
 * the analyzer goes on to the next, only after it is stored.
 */
export const driver: Driver<Options> = {
  id: "clinitek-50",
  version: "1",
  input: "stream",
  integrity: "checksum",
  options,
  session: (given) => new Clinitek50(given),
};

const NAK = 0x15;
const identify = Uint8Array.of(0x05);
/** XON, DC2. */
const nextResult = Uint8Array.of(0x11, 0x12);
const acknowledge = Uint8Array.of(0x06);
const again = Uint8Array.of(NAK);

const REPLY_MS = 3000;
/** Between a command and the next. */
const PAUSE_MS = 250;
/** So long without a byte, and a packet that was spoilt or broke off does not go on. */
const SILENCE_MS = 1000;
const MOST_REPEATS = 3;

/** What the session waits for. */
type Waiting =
  | { readonly for: "identification" | "result"; readonly repeats: number }
  | { readonly for: "storing"; readonly receipt: number }
  | { readonly for: "time"; readonly next: "identify" | "ask" };

class Clinitek50 implements Session {
  readonly #options: Options;
  readonly #framer = envelope({ starts: ["\x02\r\n"], ends: ["\x03"], bound: 1024, alone: "\x15", check });
  #waiting: Waiting = { for: "time", next: "identify" };
  /** Something came in the place of the packet that is waited for. */
  #spoilt = false;
  #receipt = 0;
  #sum = new Sum();

  constructor(given: Options) {
    this.#options = given;
  }

  handle(event: SessionEvent): readonly Action[] {
    switch (event.on) {
      case "open":
        this.#wait({ for: "time", next: "identify" }, PAUSE_MS);
        break;
      case "data":
        for (const piece of inSlices(this.#framer, event.bytes)) this.#piece(piece);
        if (this.#awaited !== undefined && (this.#spoilt || this.#framer.pending > 0))
          this.#sum.push({ do: "wake", afterMs: SILENCE_MS });
        break;
      case "wake":
        for (const piece of this.#framer.flush("silence")) this.#piece(piece);
        this.#rang();
        break;
      case "stored":
        if (this.#waiting.for === "storing" && event.receipt === this.#waiting.receipt) {
          this.#write(acknowledge);
          this.#wait({ for: "time", next: "ask" }, PAUSE_MS);
        }
        break;
      case "refused":
        // Neither ACK nor NAK: the analyzer keeps the result, and is asked anew later.
        if (this.#waiting.for === "storing" && event.receipt === this.#waiting.receipt) this.#rest();
        break;
      case "close":
        for (const piece of this.#framer.flush("close")) this.#piece(piece);
        break;
      default:
        event satisfies never;
    }
    const actions = this.#sum.actions();
    this.#sum = new Sum();
    return actions;
  }

  get #awaited(): "identification" | "result" | undefined {
    return this.#waiting.for === "identification" || this.#waiting.for === "result" ? this.#waiting.for : undefined;
  }

  #rang(): void {
    const waiting = this.#waiting;
    if (waiting.for === "storing") return;
    if (waiting.for === "time") {
      const expected = waiting.next === "identify" ? "identification" : "result";
      this.#ask(waiting.next === "identify" ? identify : nextResult, { for: expected, repeats: 0 });
      // What came was spoilt: it is asked for again, a few times.
    } else if (this.#spoilt && waiting.repeats < MOST_REPEATS)
      this.#ask(again, { ...waiting, repeats: waiting.repeats + 1 });
    else this.#rest();
  }

  #piece(piece: Piece): void {
    const { span } = piece;
    if (piece.is === "discard") {
      this.#discard(span, piece.reason);
      this.#spoilt ||= piece.reason !== "noise";
      return;
    }
    const first = piece.bytes[0];
    const waiting = this.#waiting;
    if (first === NAK) {
      if (this.#awaited !== undefined) {
        this.#discard(span, "not-a-reading", "no more results");
        this.#wait({ for: "time", next: "ask" }, this.#options.pollSeconds * 1000);
      } else this.#discard(span, "unsolicited");
      return;
    }
    const packet = readPacket(piece.bytes, this.#options.dateOrder);
    if (packet === undefined) {
      this.#discard(span, "malformed");
      this.#spoilt = true;
    } else if (packet.is !== waiting.for) this.#discard(span, "unsolicited");
    else this.#packet(packet, span);
  }

  #packet(packet: Packet, span: Span): void {
    if (packet.is === "identification") {
      const { software, time } = packet;
      const identity = { manufacturer: "Siemens", model: "Clinitek 50", firmware: software, clock: time };
      this.#sum.push({ do: "identify", identity });
      this.#wait({ for: "time", next: "ask" }, PAUSE_MS);
      return;
    }
    const receipt = ++this.#receipt;
    this.#sum.push({ do: "report", receipt, findings: findingsOf(packet, span) });
    this.#waiting = { for: "storing", receipt };
    this.#sum.push({ do: "wake", afterMs: 0 });
  }

  #ask(command: Uint8Array, waiting: Waiting): void {
    this.#spoilt = false;
    this.#write(command);
    this.#wait(waiting, REPLY_MS);
  }

  /** Nothing came of it: from the beginning, later. */
  #rest(): void {
    this.#wait({ for: "time", next: "identify" }, this.#options.pollSeconds * 1000);
  }

  #wait(waiting: Waiting, afterMs: number): void {
    this.#waiting = waiting;
    this.#sum.push({ do: "wake", afterMs });
  }

  #write(bytes: Uint8Array): void {
    this.#sum.push({ do: "write", bytes });
  }

  #discard(span: Span, reason: Extract<Action, { do: "discard" }>["reason"], detail?: string): void {
    this.#sum.push({ do: "discard", span, reason, ...(detail === undefined ? {} : { detail }) });
  }
}

/** Pads are words, grades and estimates with their unit: all are text, as printed. */
function findingsOf(packet: Extract<Packet, { is: "result" }>, span: Span): readonly Finding[] {
  const { sequence, time, appearance, pads } = packet;
  const finding = (channel: string, text: string, abnormal: boolean): Finding => ({
    channel,
    value: text === "" ? { kind: "absent", reason: "not-measured" } : { kind: "text", text },
    kind: "patient",
    group: "strip",
    deviceTime: time,
    record: sequence,
    ...(abnormal ? { flags: ["*"] } : {}),
    identity: `${time.text} ${sequence}`,
    span,
  });
  return [
    ...(appearance === "" ? [] : [finding("appearance", appearance, false)]),
    ...pads.map(({ analyte, text, abnormal }) => finding(analyte, text, abnormal)),
  ];
}
