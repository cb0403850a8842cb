import type { Finding, Span } from "../../src/driver-kit/contract.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import type { Agent } from "./agent.ts";
import { type AgentEvent, eventResponse } from "./apdu.ts";
import { Contact } from "./contact.ts";
import { findingsOf, type Origin } from "./findings.ts";
import type { Options } from "./options.ts";
import type { Outbox } from "./outbox.ts";
import { readScanReport } from "./scan-report.ts";
import { readSegmentData, releaseRequest, segmentData, segmentDataResponse, storedFindings } from "./store.ts";

interface Storing {
  readonly receipt: number;
  readonly report: AgentEvent;
  readonly text: string;
}

/** What the device measured, one report at a time, each confirmed only after it is stored. */
export class Reports {
  readonly #specialization: Options["specialization"];
  readonly #out: Outbox;
  readonly #contact: Contact | undefined;
  #receipt = 0;
  #storing: Storing | undefined;
  /** The report that was stored last in this association. */
  #stored = "";

  constructor({ specialization }: Options, out: Outbox) {
    this.#specialization = specialization;
    this.#out = out;
    this.#contact = specialization === "pulse-oximeter" ? new Contact() : undefined;
  }

  /** Whether one is on its way to the disk. */
  get storing(): boolean {
    return this.#storing !== undefined;
  }

  take(report: AgentEvent, bytes: Uint8Array, span: Span, agent: Agent): void {
    if (agent.associated === undefined) {
      this.#out.discard(span, "unsolicited", "before an association, a configuration and a word on who it is");
      return;
    }
    const text = latin1(bytes);
    if (report.confirmed && text === this.#stored) {
      // The response to it was lost.
      this.#out.discard(span, "duplicate");
      this.#confirm(report);
      return;
    }
    const found =
      report.type === segmentData
        ? kept(report, agent.meter, span)
        : observed(report, { ...agent.associated, specialization: this.#specialization, span });
    if (found === undefined) {
      this.#out.discard(span, "malformed", "a report that does not fit the configuration, or of another kind");
      return;
    }
    const findings = this.#contact?.readings(found) ?? found;
    if (findings.length === 0) {
      this.#out.discard(span, "not-a-reading");
      this.#confirm(report);
      return;
    }
    const receipt = ++this.#receipt;
    this.#storing = { receipt, report, text };
    this.#out.add({ do: "report", receipt, findings });
  }

  /**
   * The report is on disk, or is not. `gone`: the device has parted since, or begun anew; it would take a confirmation
   * for the answer to something else.
   */
  answered(receipt: number, stored: boolean, gone: boolean): void {
    const storing = this.#storing;
    if (storing?.receipt !== receipt) return;
    this.#storing = undefined;
    if (!stored) {
      this.#contact?.end();
      return;
    }
    this.#stored = storing.text;
    if (!gone) this.#confirm(storing.report);
  }

  /** The association is over. */
  part(): void {
    this.#stored = "";
    this.#contact?.end();
  }

  #confirm(report: AgentEvent): void {
    if (!report.confirmed) return;
    const piece = report.type === segmentData ? readSegmentData(report.body) : undefined;
    if (piece === undefined) this.#out.write(eventResponse(report));
    else this.#out.write(segmentDataResponse(report, piece));
    if (piece?.last === true) this.#out.write(releaseRequest());
  }
}

function observed(report: AgentEvent, origin: Origin): readonly Finding[] | undefined {
  const scan = readScanReport(report, origin.configuration);
  return scan && findingsOf(scan, origin);
}

/** Segment data is read only after it was asked for, which is when the meter is known. */
function kept(report: AgentEvent, meter: string | undefined, span: Span): readonly Finding[] | undefined {
  const piece = meter === undefined ? undefined : readSegmentData(report.body);
  return piece && storedFindings(piece, meter ?? "", span);
}
