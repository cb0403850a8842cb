import type { Action, DiscardReason, Session, SessionEvent, Span } from "../../src/driver-kit/contract.ts";
import type { Piece } from "../../src/driver-kit/framers/piece.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import {
  type AgentEvent,
  type Apdu,
  apduFramer,
  associationResponse,
  configurationAccepted,
  eventResponse,
  getDevice,
  readApdu,
  releaseResponse,
} from "./apdu.ts";
import { type Configuration, readConfiguration, standardConfigurations } from "./configuration.ts";
import { Contact } from "./contact.ts";
import { identityOf } from "./device.ts";
import { findingsOf } from "./findings.ts";
import { event } from "./nomenclature.ts";
import type { Options } from "./options.ts";
import { hex } from "./reader.ts";
import { readScanReport } from "./scan-report.ts";

/** So long without a byte, and an unfinished APDU does not go on. */
const silenceMs = 5000;
/** How long the device has to say who it is before its reports are taken without. */
const introductionMs = 3000;
/** Writes and a report are a breath apart. */
const breathMs = 1;
/** What waits while a report is being stored: an agent has one report on its way at a time. */
const mostWaiting = 16;
const mostWaitingBytes = 0x20000;

interface Association {
  readonly systemId: string;
  readonly configuration?: Configuration;
}

interface Storing {
  readonly receipt: number;
  readonly report: AgentEvent;
  readonly text: string;
}

/** The manager's side of one connection: what arrives is taken in its order, one report at a time. */
export class Manager implements Session {
  readonly #options: Options;
  readonly #framer = apduFramer();
  readonly #contact: Contact | undefined;
  #actions: Action[] = [];
  #waiting: Piece[] = [];
  #association: Association | undefined;
  /** The invoke id of the question who the device is, while it is open. */
  #asked: number | undefined;
  #invoke = 0;
  #receipt = 0;
  #storing: Storing | undefined;
  /** The report that was stored last in this association. */
  #stored = "";

  constructor(options: Options) {
    this.#options = options;
    this.#contact = options.specialization === "pulse-oximeter" ? new Contact() : undefined;
  }

  handle(given: SessionEvent): readonly Action[] {
    switch (given.on) {
      case "open":
        break;
      case "data":
        this.#queue(this.#framer.push(given.bytes));
        break;
      case "wake":
        if (this.#asked !== undefined) this.#introduce(undefined);
        // Only a wake that nothing else asked for is the silence.
        else if (this.#waiting.length === 0) this.#queue(this.#framer.flush("silence"));
        break;
      case "stored":
      case "refused":
        this.#answered(given.receipt, given.on === "stored");
        break;
      case "close":
        this.#close();
        return this.#taken();
      default:
        given satisfies never;
    }
    this.#run();
    this.#arm();
    return this.#taken();
  }

  #taken(): readonly Action[] {
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }

  #arm(): void {
    const stopped = this.#storing !== undefined;
    const afterMs =
      this.#asked !== undefined
        ? introductionMs
        : this.#waiting.length > 0 && !stopped
          ? breathMs
          : this.#framer.pending > 0
            ? silenceMs
            : 0;
    this.#actions.push({ do: "wake", afterMs });
  }

  #queue(pieces: readonly Piece[]): void {
    for (const piece of pieces) {
      if (piece.is === "frame" && this.#asked !== undefined) {
        const apdu = readApdu(piece.bytes);
        if (apdu?.is === "answer" && apdu.invoke === this.#asked) {
          this.#introduce(apdu.ok ? apdu.body : undefined);
          this.#run();
          continue;
        }
        // Whatever ends the association or begins it anew ends the wait for the answer.
        if (apdu !== undefined && apdu.is !== "event") this.#introduce(undefined);
      }
      const bytes = this.#waiting.reduce((sum, { span }) => sum + span.to - span.from, 0);
      if (this.#waiting.length < mostWaiting && bytes < mostWaitingBytes) this.#waiting.push(piece);
      else this.#discard(piece.span, "unsolicited", "more than can wait");
      this.#run();
    }
  }

  #run(): void {
    for (let piece = this.#waiting[0]; piece !== undefined && this.#storing === undefined; piece = this.#waiting[0]) {
      if (piece.is === "discard") {
        this.#waiting.shift();
        this.#discard(piece.span, piece.reason);
        continue;
      }
      const apdu = readApdu(piece.bytes);
      const isReport = apdu?.is === "event" && apdu.type !== event.configuration;
      if (isReport && (this.#asked !== undefined || this.#actions.some((action) => action.do === "write"))) return;
      this.#waiting.shift();
      if (apdu === undefined) this.#discard(piece.span, "malformed");
      else this.#take(apdu, piece.bytes, piece.span);
    }
  }

  #take(apdu: Apdu, bytes: Uint8Array, span: Span): void {
    switch (apdu.is) {
      case "association-request": {
        this.#part();
        if (!apdu.known) {
          this.#discard(span, "malformed", "another protocol or encoding");
          return;
        }
        const standard = standardConfigurations[this.#options.specialization];
        const known = apdu.configuration === standard.id;
        this.#association = { systemId: hex(apdu.systemId), ...(known ? { configuration: standard.objects } : {}) };
        const managerId = Uint8Array.from({ length: 8 }, (_, i) =>
          Number.parseInt(this.#options.managerId.slice(2 * i, 2 * i + 2), 16),
        );
        this.#write(associationResponse(known, managerId));
        if (known) this.#ask();
        return;
      }
      case "release-request":
        this.#part();
        this.#write(releaseResponse());
        return;
      case "release-response":
      case "abort":
        this.#part();
        return;
      case "event":
        if (apdu.type === event.configuration) this.#configure(apdu, span);
        else this.#read(apdu, bytes, span);
        return;
      case "answer":
        this.#discard(span, "unsolicited");
        return;
      case "request":
        this.#discard(span, "unsolicited", "a request of the device's own");
        return;
      default:
        apdu satisfies never;
    }
  }

  #part(): void {
    this.#association = undefined;
    this.#asked = undefined;
    this.#stored = "";
    this.#contact?.end();
  }

  #configure(report: AgentEvent, span: Span): void {
    if (this.#association === undefined) {
      this.#discard(span, "unsolicited", "before an association");
      return;
    }
    const read = readConfiguration(report.body);
    if (read === undefined) {
      this.#discard(span, "malformed");
      return;
    }
    this.#association = { systemId: this.#association.systemId, configuration: read.objects };
    if (report.confirmed) this.#write(configurationAccepted(report, read.id));
    this.#ask();
  }

  #ask(): void {
    this.#invoke = (this.#invoke + 1) % 0x8000;
    this.#asked = this.#invoke;
    this.#write(getDevice(this.#invoke));
  }

  /** Reports wait until the device is known, so that the same result has the same origin however often it is sent. */
  #introduce(answer: Uint8Array | undefined): void {
    this.#asked = undefined;
    const systemId = this.#association?.systemId;
    if (systemId !== undefined) this.#actions.push({ do: "identify", identity: identityOf(systemId, answer) });
  }

  #read(report: AgentEvent, bytes: Uint8Array, span: Span): void {
    const { systemId, configuration } = this.#association ?? {};
    if (systemId === undefined || configuration === undefined) {
      this.#discard(span, "unsolicited", "before an association and a configuration");
      return;
    }
    const text = latin1(bytes);
    if (report.confirmed && text === this.#stored) {
      // The response to it was lost.
      this.#discard(span, "duplicate");
      this.#respond(report);
      return;
    }
    const observed = readScanReport(report, configuration);
    if (observed === undefined) {
      this.#discard(span, "malformed", "a report that does not fit the configuration, or of another kind");
      return;
    }
    const { specialization } = this.#options;
    const found = findingsOf(observed, { specialization, configuration, systemId, span });
    if (found === undefined) {
      this.#discard(span, "malformed");
      return;
    }
    const findings = this.#contact?.readings(found) ?? found;
    if (findings.length === 0) {
      this.#discard(span, "not-a-reading");
      this.#respond(report);
      return;
    }
    const receipt = ++this.#receipt;
    this.#storing = { receipt, report, text };
    this.#actions.push({ do: "report", receipt, findings });
  }

  #answered(receipt: number, stored: boolean): void {
    const storing = this.#storing;
    if (storing?.receipt !== receipt) return;
    this.#storing = undefined;
    if (!stored) {
      this.#contact?.end();
      return;
    }
    this.#stored = storing.text;
    // An agent that has given up meanwhile would take it for the answer to something else.
    const gone = this.#waiting.some((piece) => piece.is === "frame" && [0xe2, 0xe6].includes(piece.bytes[0] ?? 0));
    if (!gone) this.#respond(storing.report);
  }

  #respond(report: AgentEvent): void {
    if (report.confirmed) this.#write(eventResponse(report));
  }

  #close(): void {
    for (const piece of [...this.#waiting, ...this.#framer.flush("close")])
      this.#discard(piece.span, piece.is === "discard" ? piece.reason : "cut");
    this.#waiting = [];
    this.#part();
  }

  #write(bytes: Uint8Array): void {
    this.#actions.push({ do: "write", bytes });
  }

  #discard(span: Span, reason: DiscardReason, detail?: string): void {
    this.#actions.push({ do: "discard", span, reason, ...(detail === undefined ? {} : { detail }) });
  }
}
