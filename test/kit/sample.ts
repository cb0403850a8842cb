import { randomBytes } from "node:crypto";
import { controlIdOf, uuidv7 } from "../../src/model/ids.ts";
import type { Observation } from "../../src/model/observation.ts";
import type { Content } from "../../src/sinks/sink.ts";

/** A UUIDv7 of the present. */
export const mint = (): string => uuidv7(Date.now(), randomBytes(10));

/** A systolic pressure of a bound patient; override what the test is about. */
export function sampleObservation(over: Partial<Observation> = {}): Observation {
  const id = over.id ?? mint();
  return {
    id,
    sourceKey: `id:${id}`,
    code: { channel: "NIBP_SYS", loinc: "8480-6", mdc: 150021, display: "Systolic blood pressure" },
    value: { kind: "quantity", text: "118", number: 118, unit: "mm[Hg]", wireUnit: "mmHg" },
    group: `g-${id}`,
    kind: "patient",
    times: {
      received: { wall: "2026-11-23T14:05:09.120Z", monotonicMs: 1000, boot: "boot-1", quality: "synchronised" },
      measured: "2026-11-23T14:05:09.120Z",
      source: "arrival",
    },
    device: {
      device: "monitor-4",
      place: "room-4",
      profile: "carescape-v100@1",
      driver: "ge-dinamap@1",
      serial: "SN-77",
    },
    binding: {
      subject: { kind: "patient", patient: { id: "CANARY-0012", authority: "CLINIC", type: "MR" } },
      since: "2026-11-23T14:04:00.000Z",
      method: "scan",
      verified: false,
    },
    standing: { state: "ready" },
    evidence: { session: "s-1", from: 0, to: 20 },
    status: "final",
    flags: [],
    ...over,
  };
}

/** What a sink is asked to encode. */
export function sampleContent(observations: readonly Observation[], over: Partial<Content> = {}): Content {
  return {
    controlId: controlIdOf(mint()),
    at: "2026-11-23T14:05:10.000Z",
    site: "north",
    gateway: "gw-1",
    timezone: "Europe/Zurich",
    purpose: "result",
    observations,
    ...over,
  };
}
