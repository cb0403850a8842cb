import type { Action, DiscardReason, Finding, Session, SessionEvent, Span } from "../../src/driver-kit/contract.ts";
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
import { hex, unhex } from "./reader.ts";
import { readScanReport } from "./scan-report.ts";
import {
  getSegments,
  readSegmentData,
  readTransfer,
  releaseRequest,
  segmentData,
  segmentDataResponse,
  storedFindings,
  storeOf,
  transferSegment,
} from "./store.ts";

/** So long without a byte, and an unfinished APDU does not go on. */
const silenceMs = 5000;
/** How long the device has to say who it is before its reports are taken without, and to answer other questions. */
const introductionMs = 3000;
/** When a transfer that the device put off is asked for again. */
const laterMs = 2000;
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

interface Question {
  readonly invoke: number;
  /** Goes on with the answer, or with none: it did not come in time, or the association ended. */
  settled(answer: Answer | undefined, span: Span | undefined): void;
}

type Answer = Extract<Apdu, { is: "answer" }>;

/** The manager's side of one connection: what arrives is taken in its order, one report at a time. */
export class Manager implements Session {
  readonly #options: Options;
  readonly #framer = apduFramer();
  readonly #contact: Contact | undefined;
  #actions: Action[] = [];
  #waiting: Piece[] = [];
  #association: Association | undefined;
  /** The question that the device has not answered yet. */
  #asked: Question | undefined;
  /** What the device put off, to be asked for again. */
  #later: (() => void) | undefined;
  /** Model and serial number of a meter whose results are asked for. */
  #meter: string | undefined;
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
        if (this.#asked !== undefined) this.#settle();
        else if (this.#later !== undefined) this.#later();
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
          : this.#later !== undefined
            ? laterMs
            : this.#framer.pending > 0
              ? silenceMs
              : 0;
    this.#actions.push({ do: "wake", afterMs });
  }

  #queue(pieces: readonly Piece[]): void {
    for (const piece of pieces) {
      if (piece.is === "frame" && this.#asked !== undefined) {
        const apdu = readApdu(piece.bytes);
        if (apdu?.is === "answer" && apdu.invoke === this.#asked.invoke) {
          this.#settle(apdu, piece.span);
          this.#run();
          continue;
        }
        // Whatever ends the association or begins it anew ends the wait for the answer.
        if (apdu !== undefined && apdu.is !== "event") this.#settle();
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
        // What a device keeps is in no standard configuration, so it is to report its own.
        const known = apdu.configuration === standard.id && this.#options.store === "none";
        this.#association = { systemId: hex(apdu.systemId), ...(known ? { configuration: standard.objects } : {}) };
        const { managerId, protocolVersion } = this.#options;
        this.#write(associationResponse(known, unhex(managerId), unhex(protocolVersion)));
        if (known) this.#askWho();
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
    this.#later = undefined;
    this.#meter = undefined;
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
    this.#askWho();
  }

  #ask(message: (invoke: number) => Uint8Array, settled: Question["settled"]): void {
    this.#invoke = (this.#invoke + 1) % 0x8000;
    this.#asked = { invoke: this.#invoke, settled };
    this.#write(message(this.#invoke));
  }

  #settle(answer?: Answer, span?: Span): void {
    const asked = this.#asked;
    this.#asked = undefined;
    asked?.settled(answer, span);
  }

  /** Reports wait until the device is known, so that the same result has the same origin however often it is sent. */
  #askWho(): void {
    this.#ask(getDevice, (answer) => {
      const { systemId, configuration } = this.#association ?? {};
      if (systemId === undefined) return;
      const body = answer?.ok === true ? answer.body : undefined;
      const identity = identityOf(systemId, body);
      this.#actions.push({ do: "identify", identity });
      // Without its own serial number a meter's results could not be told from another's, or from those of its next visit.
      if (this.#options.store === "none" || identity.serial === systemId) return;
      this.#meter = `${identity.model ?? ""} ${identity.serial}`;
      const store = storeOf(configuration);
      if (store === undefined) this.#write(releaseRequest());
      else
        this.#ask(
          (invoke) => getSegments(invoke, store),
          (segments) => segments && this.#transfer(store),
        );
    });
  }

  /** Asks for what the device keeps; it comes in reports, each confirmed as it is stored. */
  #transfer(store: number): void {
    this.#later = undefined;
    this.#ask(
      (invoke) => transferSegment(invoke, store),
      (answer, span) => {
        const transfer = answer === undefined ? undefined : answer.ok ? readTransfer(answer.body) : "refused";
        switch (transfer) {
          case "comes":
            return;
          case "later":
            this.#later = () => this.#transfer(store);
            return;
          case "refused":
            if (span !== undefined) this.#discard(span, "not-a-reading", "the device does not hand out its results");
            this.#write(releaseRequest());
            return;
          case "empty":
            this.#write(releaseRequest());
            return;
          case undefined:
            return;
          default:
            transfer satisfies never;
        }
      },
    );
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
    const found =
      report.type === segmentData
        ? this.#kept(report, span)
        : this.#observed(report, { systemId, configuration }, span);
    if (found === undefined) {
      this.#discard(span, "malformed", "a report that does not fit the configuration, or of another kind");
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

  #observed(
    report: AgentEvent,
    { systemId, configuration }: Required<Association>,
    span: Span,
  ): readonly Finding[] | undefined {
    const observed = readScanReport(report, configuration);
    const { specialization } = this.#options;
    return observed && findingsOf(observed, { specialization, configuration, systemId, span });
  }

  /** Segment data is read only after it was asked for, which is when the meter is known. */
  #kept(report: AgentEvent, span: Span): readonly Finding[] | undefined {
    const piece = this.#meter === undefined ? undefined : readSegmentData(report.body);
    return piece && storedFindings(piece, this.#meter ?? "", span);
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
    if (!report.confirmed) return;
    const piece = report.type === segmentData ? readSegmentData(report.body) : undefined;
    if (piece === undefined) this.#write(eventResponse(report));
    else this.#write(segmentDataResponse(report, piece));
    if (piece?.last === true) this.#write(releaseRequest());
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
