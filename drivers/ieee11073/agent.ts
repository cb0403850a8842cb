import type { Span } from "../../src/driver-kit/contract.ts";
import { type AgentEvent, type Apdu, associationResponse, configurationAccepted, getDevice } from "./apdu.ts";
import { type Configuration, readConfiguration, standardConfigurations } from "./configuration.ts";
import { identityOf } from "./device.ts";
import type { Options } from "./options.ts";
import type { Outbox } from "./outbox.ts";
import type { Questions } from "./questions.ts";
import { hex, unhex } from "./reader.ts";
import { getSegments, readTransfer, releaseRequest, storeOf, transferSegment } from "./store.ts";

/** An association, and what is known of the device that is in it. */
interface Association {
  readonly systemId: string;
  readonly configuration?: Configuration;
}

/** The device at the other end: how it associates, what it is, and whether it is asked for what it keeps. */
export class Agent {
  readonly #options: Options;
  readonly #out: Outbox;
  readonly #questions: Questions;
  #association: Association | undefined;
  #isKnown = false;
  #meter: string | undefined;

  constructor(options: Options, out: Outbox, questions: Questions) {
    this.#options = options;
    this.#out = out;
    this.#questions = questions;
  }

  /** What its reports are read by; nothing before it has associated, told its configuration and said who it is. */
  get associated(): Required<Association> | undefined {
    const { systemId, configuration } = this.#association ?? {};
    if (!this.#isKnown) return undefined;
    return systemId === undefined || configuration === undefined ? undefined : { systemId, configuration };
  }

  /** Model and serial number of a meter whose results are asked for. */
  get meter(): string | undefined {
    return this.#meter;
  }

  associate(request: Extract<Apdu, { is: "association-request" }>, span: Span): void {
    if (!request.known) {
      this.#out.discard(span, "malformed", "another protocol or encoding");
      return;
    }
    const { specialization, store, managerId, protocolVersion } = this.#options;
    const standard = standardConfigurations[specialization];
    // What a device keeps is in no standard configuration, so it is to report its own.
    const known = request.configuration === standard.id && store === "none";
    this.#association = { systemId: hex(request.systemId), ...(known ? { configuration: standard.objects } : {}) };
    this.#out.write(associationResponse(known, unhex(managerId), unhex(protocolVersion)));
    if (known) this.#askWho();
  }

  configure(report: AgentEvent, span: Span): void {
    if (this.#association === undefined) {
      this.#out.discard(span, "unsolicited", "before an association");
      return;
    }
    const read = readConfiguration(report.body);
    if (read === undefined) {
      this.#out.discard(span, "malformed");
      return;
    }
    this.#association = { systemId: this.#association.systemId, configuration: read.objects };
    if (report.confirmed) this.#out.write(configurationAccepted(report, read.id));
    this.#askWho();
  }

  /** The association is over. */
  part(): void {
    this.#association = undefined;
    this.#isKnown = false;
    this.#meter = undefined;
    this.#questions.forget();
  }

  /**
   * Reports wait until the device is known, so that the same result has the same origin however often it is sent. A
   * device that does not say who it is is released, and keeps what it was not told is safe.
   */
  #askWho(): void {
    this.#isKnown = false;
    this.#questions.ask(getDevice, (answer, span) => {
      const { systemId, configuration } = this.#association ?? {};
      if (systemId === undefined) return;
      const identity = answer && identityOf(systemId, answer.ok ? answer.body : undefined);
      if (identity === undefined) {
        if (span !== undefined) this.#out.discard(span, "malformed", "an answer that does not say who the device is");
        this.#out.write(releaseRequest());
        return;
      }
      this.#isKnown = true;
      this.#out.add({ do: "identify", identity });
      // Without its own serial number a meter's results could not be told from another's, or from those of its next visit.
      if (this.#options.store === "none" || identity.serial === systemId) return;
      this.#meter = `${identity.model ?? ""} ${identity.serial}`;
      const store = storeOf(configuration);
      if (store === undefined) this.#out.write(releaseRequest());
      else
        this.#questions.ask(
          (invoke) => getSegments(invoke, store),
          (segments) => segments && this.#transfer(store),
        );
    });
  }

  /** Asks for what the device keeps; it comes in reports, each confirmed as it is stored. */
  #transfer(store: number): void {
    this.#questions.ask(
      (invoke) => transferSegment(invoke, store),
      (answer, span) => {
        const transfer = answer === undefined ? undefined : answer.ok ? readTransfer(answer.body) : "refused";
        switch (transfer) {
          case "comes":
            return;
          case "later":
            this.#questions.postpone(() => this.#transfer(store));
            return;
          case "refused":
            if (span !== undefined)
              this.#out.discard(span, "not-a-reading", "the device does not hand out its results");
            this.#out.write(releaseRequest());
            return;
          case "empty":
            this.#out.write(releaseRequest());
            return;
          case undefined:
            return;
          default:
            transfer satisfies never;
        }
      },
    );
  }
}
