import type { Action, Session, SessionEvent, Span } from "../../src/driver-kit/contract.ts";
import type { Piece } from "../../src/driver-kit/framers/piece.ts";
import { Agent } from "./agent.ts";
import { type Apdu, apduFramer, readApdu, releaseResponse } from "./apdu.ts";
import { event } from "./nomenclature.ts";
import type { Options } from "./options.ts";
import { Outbox } from "./outbox.ts";
import { Questions } from "./questions.ts";
import { Reports } from "./reports.ts";

/** So long without a byte, and an unfinished APDU does not go on. */
const silenceMs = 5000;
/** How long the device has to say who it is, and to answer other questions. */
const introductionMs = 3000;
/** When a transfer that the device put off is asked for again. */
const laterMs = 2000;
/** Writes and a report are a breath apart. */
const breathMs = 1;
/** What waits while a report is being stored: an agent has one report on its way at a time. */
const mostWaiting = 16;
const mostWaitingBytes = 0x20000;

const endings: readonly Apdu["is"][] = ["association-request", "release-request", "release-response", "abort"];

/** The manager's side of one connection: what arrives is taken in its order, one report at a time. */
export class Manager implements Session {
  readonly #framer = apduFramer();
  readonly #out = new Outbox();
  readonly #questions = new Questions(this.#out);
  readonly #agent: Agent;
  readonly #reports: Reports;
  #waiting: Piece[] = [];

  constructor(options: Options) {
    this.#agent = new Agent(options, this.#out, this.#questions);
    this.#reports = new Reports(options, this.#out);
  }

  handle(given: SessionEvent): readonly Action[] {
    switch (given.on) {
      case "open":
        break;
      case "data":
        this.#queue(this.#framer.push(given.bytes));
        break;
      case "wake":
        if (this.#questions.open) this.#questions.giveUp();
        else if (this.#questions.postponed) this.#questions.again();
        // Only a wake that nothing else asked for is the silence.
        else if (this.#waiting.length === 0) this.#queue(this.#framer.flush("silence"));
        break;
      case "stored":
      case "refused":
        this.#reports.answered(given.receipt, given.on === "stored", this.#isLeaving());
        break;
      case "close":
        this.#close();
        return this.#out.taken();
      default:
        given satisfies never;
    }
    this.#run();
    this.#out.add({ do: "wake", afterMs: this.#wakeMs() });
    return this.#out.taken();
  }

  #wakeMs(): number {
    if (this.#questions.open) return introductionMs;
    if (this.#waiting.length > 0 && !this.#reports.storing) return breathMs;
    if (this.#questions.postponed) return laterMs;
    return this.#framer.pending > 0 ? silenceMs : 0;
  }

  #queue(pieces: readonly Piece[]): void {
    for (const piece of pieces) {
      if (piece.is === "frame" && this.#questions.open) {
        const apdu = readApdu(piece.bytes);
        if (this.#questions.take(apdu, piece.span)) {
          this.#run();
          continue;
        }
        // Whatever ends the association or begins it anew ends the wait for the answer.
        if (apdu !== undefined && endings.includes(apdu.is)) this.#questions.forget();
      }
      const bytes = this.#waiting.reduce((sum, { span }) => sum + span.to - span.from, 0);
      if (this.#waiting.length < mostWaiting && bytes < mostWaitingBytes) this.#waiting.push(piece);
      else this.#out.discard(piece.span, "unsolicited", "more than can wait");
      this.#run();
    }
  }

  #run(): void {
    for (let piece = this.#waiting[0]; piece !== undefined && !this.#reports.storing; piece = this.#waiting[0]) {
      if (piece.is === "discard") {
        this.#waiting.shift();
        this.#out.discard(piece.span, piece.reason);
        continue;
      }
      const apdu = readApdu(piece.bytes);
      const isReport = apdu?.is === "event" && apdu.type !== event.configuration;
      if (isReport && (this.#questions.open || this.#out.writes)) return;
      this.#waiting.shift();
      if (apdu === undefined) this.#out.discard(piece.span, "malformed");
      else this.#take(apdu, piece.bytes, piece.span);
    }
  }

  #take(apdu: Apdu, bytes: Uint8Array, span: Span): void {
    switch (apdu.is) {
      case "association-request":
        this.#part();
        this.#agent.associate(apdu, span);
        return;
      case "release-request":
        this.#part();
        this.#out.write(releaseResponse());
        return;
      case "release-response":
      case "abort":
        this.#part();
        return;
      case "event":
        if (apdu.type === event.configuration) this.#agent.configure(apdu, span);
        else this.#reports.take(apdu, bytes, span, this.#agent);
        return;
      case "answer":
        this.#out.discard(span, "unsolicited");
        return;
      case "request":
        this.#out.discard(span, "unsolicited", "a request of the device's own");
        return;
      default:
        apdu satisfies never;
    }
  }

  /** Whether the device has aborted or begun anew behind the report that is being stored. */
  #isLeaving(): boolean {
    return this.#waiting.some((piece) => piece.is === "frame" && [0xe2, 0xe6].includes(piece.bytes[0] ?? 0));
  }

  #part(): void {
    this.#agent.part();
    this.#reports.part();
  }

  #close(): void {
    for (const piece of [...this.#waiting, ...this.#framer.flush("close")])
      this.#out.discard(piece.span, piece.is === "discard" ? piece.reason : "cut");
    this.#waiting = [];
    this.#part();
  }
}
