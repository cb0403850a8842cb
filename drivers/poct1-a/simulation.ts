import type { Instrument, InstrumentAction, InstrumentEvent, Simulation } from "../../src/driver-kit/instrument.ts";
import { mappedSamples } from "../../src/driver-kit/mapped-samples.ts";
import { Documents } from "./documents.ts";
import { message, value } from "./messages.ts";
import { type Element, escapeXml, find, parseXml, textOf } from "./xml.ts";

/** Units of what it measures; other tests are sent without one. */
const units: Readonly<Record<string, string>> = { HbA1c: "%", eAG: "mg/dL", Glu: "mg/dL", "2341-6": "mg/dL" };
/** How long it waits for an answer before it begins anew. */
const AGAIN_MS = 20_000;

interface Measurement {
  readonly n: number;
  readonly at: string;
  readonly values: Readonly<Record<string, string>>;
}

/** A point-of-care instrument that keeps each result until it is acknowledged. */
class PointOfCare implements Instrument {
  readonly #waiting: Measurement[] = [];
  #documents = new Documents(65_536);
  #count = 0;
  #controlId = 10_000;
  #now = "2026-11-23T14:00:00";
  /** `hello` and `status` wait for their acknowledgement, `asked` and `continuous` send results. */
  #step: "hello" | "status" | "idle" | "asked" | "continuous" = "idle";
  /** The control id of the result that waits for its acknowledgement. */
  #sent: string | undefined;

  handle(event: InstrumentEvent): readonly InstrumentAction[] {
    switch (event.on) {
      case "open":
      case "wake":
        return this.#begin();
      case "measure":
        this.#now = event.at;
        this.#waiting.push({ n: ++this.#count, at: event.at, values: event.values });
        return this.#step === "continuous" && this.#sent === undefined ? this.#next() : [];
      case "data":
        return this.#documents.push(event.bytes).flatMap((piece) => {
          const root = piece.is === "document" ? parseXml(piece.text) : undefined;
          return root === undefined ? [] : this.#hear(root);
        });
      default:
        return event satisfies never;
    }
  }

  #begin(): readonly InstrumentAction[] {
    this.#documents = new Documents(65_536);
    this.#step = "hello";
    this.#sent = undefined;
    const device = [
      value("DEV.vendor_id", "Vitalwire"),
      value("DEV.model_id", "Simulated"),
      value("DEV.serial_id", "SIM1"),
    ];
    return this.#say("HEL.R01", `<DEV>${device.join("")}</DEV>`);
  }

  #hear(root: Element): readonly InstrumentAction[] {
    switch (root.name) {
      case "REQ.R01":
        this.#step = "asked";
        return this.#next();
      case "DTV.R01": {
        this.#step = "continuous";
        const of = textOf(find(root, "HDR", "HDR.control_id"));
        const taken = this.#say(
          "ACK.R01",
          `<ACK>${value("ACK.type_cd", "AA")}${value("ACK.ack_control_id", of)}</ACK>`,
        );
        return [...taken, ...this.#next()];
      }
      case "ACK.R01":
        return this.#acknowledged(
          textOf(find(root, "ACK", "ACK.type_cd")),
          textOf(find(root, "ACK", "ACK.ack_control_id")),
        );
      default:
        return [];
    }
  }

  #acknowledged(code: string, of: string): readonly InstrumentAction[] {
    if (this.#step === "hello") {
      this.#step = "status";
      return this.#say("DST.R01", `<DST>${value("DST.new_observations_qty", String(this.#waiting.length))}</DST>`);
    }
    // After a refusal it waits for its alarm.
    if (of !== this.#sent || code !== "AA") return [];
    const first = this.#waiting.shift();
    this.#sent = undefined;
    return [...(first === undefined ? [] : [{ do: "safe", n: first.n } as const]), ...this.#next()];
  }

  #next(): readonly InstrumentAction[] {
    const [first] = this.#waiting;
    if (first === undefined) {
      if (this.#step !== "asked") return [{ do: "wake", afterMs: 0 }];
      this.#step = "idle";
      return [...this.#say("EOT.R01", `<EOT>${value("EOT.topic_cd", "OBS")}</EOT>`), { do: "wake", afterMs: 0 }];
    }
    const said = this.#say("OBS.R01", service(first));
    this.#sent = String(this.#controlId);
    return said;
  }

  #say(type: string, content: string): readonly InstrumentAction[] {
    const head = { controlId: ++this.#controlId, createdAt: this.#now };
    return [
      { do: "write", bytes: message(type, head, content) },
      { do: "wake", afterMs: AGAIN_MS },
    ];
  }
}

function service({ n, at, values }: Measurement): string {
  const { patient = "", operator, ...tests } = values;
  const results = Object.entries(tests).map(([test, text]) => {
    const unit = units[test];
    const measured = `<OBS.value V="${escapeXml(text)}"${unit === undefined ? "" : ` U="${unit}"`}/>`;
    return `<OBS>${value("OBS.observation_id", test)}${measured}${value("OBS.method_cd", "M")}</OBS>`;
  });
  const about = [
    value("SVC.role_cd", "OBS"),
    value("SVC.observation_dttm", at),
    value("SVC.reason_cd", "NEW"),
    value("SVC.sequence_nbr", String(n)),
  ];
  const person = `<PT>${value("PT.patient_id", patient)}${results.join("")}</PT>`;
  const user = operator === undefined ? "" : `<OPR>${value("OPR.operator_id", operator)}</OPR>`;
  return `<SVC>${about.join("")}${person}${user}</SVC>`;
}

const samples: Simulation["samples"] = [
  { HbA1c: "5.9", eAG: "123" },
  { HbA1c: "7.4", eAG: "166", operator: "3643" },
  { patient: "P0003", HbA1c: "4.8", eAG: "91" },
];
const glucose: Simulation["samples"] = [{ "2341-6": "98" }, { patient: "P0003", "2341-6": "142" }];

export const simulation: Simulation = {
  instrument: () => new PointOfCare(),
  samples,
  samplesOf: (channels) => mappedSamples([...samples, ...glucose], channels, ["patient", "operator"]),
};
