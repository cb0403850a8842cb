import { type Hl7SinkConfig, hl7SinkSchema } from "../../src/config/site.ts";
import type { Observation } from "../../src/model/observation.ts";
import type { Content } from "../../src/sinks/sink.ts";

/** A sink's configuration as the schema completes it. */
export function sinkConfig(hl7: Readonly<Record<string, unknown>> = {}): Hl7SinkConfig {
  return hl7SinkSchema.parse({ id: "ehr", hl7: { host: "127.0.0.1", port: 2575, insecure: true, ...hl7 } });
}

export const group = "0190a2b4-7c1d-7e2f-8a3b-4c5d6e7f8090";

/** A systolic pressure bound to a patient, unless something else is said. */
export function reading(change: Partial<Observation> = {}): Observation {
  return {
    id: "0190a2b4-7c1d-7e2f-8a3b-4c5d6e7f8091",
    sourceKey: "monitor-1/1",
    code: { channel: "NIBP_SYS", loinc: "8480-6", mdc: 150021, display: "Systolic blood pressure" },
    value: { kind: "quantity", text: "118", number: 118, unit: "mm[Hg]", wireUnit: "mmHg" },
    group,
    kind: "patient",
    times: {
      received: { wall: "2026-11-23T14:05:10.120Z", monotonicMs: 1000, boot: "b", quality: "synchronised" },
      measured: "2026-11-23T14:05:09.120Z",
      source: "arrival",
    },
    device: {
      device: "monitor-1",
      place: "room-1",
      profile: "ge-v100@1",
      driver: "ge-dinamap@1",
      manufacturer: "GE",
      model: "V100",
      serial: "SN1234",
    },
    binding: {
      subject: { kind: "patient", patient: { id: "123456", authority: "CLINIC", type: "MR" } },
      since: "2026-11-23T14:00:00.000Z",
      method: "scan",
      by: "nurse7",
      verified: true,
    },
    standing: { state: "ready" },
    evidence: { session: "s", from: 0, to: 10 },
    status: "final",
    flags: [],
    ...change,
  };
}

export const diastolic = reading({
  id: "0190a2b4-7c1d-7e2f-8a3b-4c5d6e7f8092",
  code: { channel: "NIBP_DIA", loinc: "8462-4", mdc: 150022, display: "Diastolic blood pressure" },
  value: { kind: "quantity", text: "76", number: 76, unit: "mm[Hg]", wireUnit: "mmHg" },
});

export function content(observations: readonly Observation[], change: Partial<Content> = {}): Content {
  return {
    controlId: "0ABCDEFGHIJKLMNOPQRS",
    at: "2026-11-23T14:05:11.000Z",
    site: "clinic",
    gateway: "gw1",
    timezone: "Europe/Zurich",
    purpose: "result",
    observations,
    ...change,
  };
}
