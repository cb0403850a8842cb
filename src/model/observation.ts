import type { DeviceReference } from "./device.ts";
import type { Binding } from "./patient.ts";
import type { Value } from "./quantity.ts";
import type { Times } from "./times.ts";

/** A finding with meaning: the one thing that is stored, bound, sent and shown. */
export interface Observation {
  /** UUIDv7, minted once: the MQTT message id and the base of MSH-10 and OBX-21. */
  readonly id: string;
  /** The same for the same result of the same instrument, however often it is read: a second copy is not stored. */
  readonly sourceKey: string;
  readonly code: Code;
  readonly value: Value;
  /** Measurements taken together (systolic, diastolic, mean) share a group. Groups are delivered whole. */
  readonly group: string;
  readonly kind: ReadingKind;
  readonly times: Times;
  readonly device: DeviceReference;
  /** Identifiers that the instrument itself reported; evidence for a binding, not a binding. */
  readonly reported?: ReportedSubject;
  readonly binding?: Binding;
  readonly standing: Standing;
  readonly evidence: Evidence;
  /** HL7 table 0085 as far as instruments know it. */
  readonly status: ResultStatus;
  /** Abnormal and other flags, as the instrument wrote them. */
  readonly flags: readonly string[];
}

/** What was measured: LOINC first, the IEEE 11073 code where there is one, and the instrument's own name always. */
export interface Code {
  readonly channel: string;
  readonly loinc?: string;
  /** MDC, as context-free 32-bit code. */
  readonly mdc?: number;
  /** The name people read. */
  readonly display: string;
}

/** Control-solution, quality-control and demonstration results never reach a patient. */
export type ReadingKind = "patient" | "control" | "demo";

export type ResultStatus = "final" | "preliminary" | "corrected" | "unverified";

export interface ReportedSubject {
  readonly patient?: string;
  readonly specimen?: string;
  readonly operator?: string;
}

/** Ready to be delivered, or held (stored, visible, not sent) with the reasons, or refused by a named person. */
export type Standing =
  | { readonly state: "ready" }
  | { readonly state: "held"; readonly reasons: readonly HoldReason[] }
  | { readonly state: "discarded"; readonly by: string; readonly reason: string };

export const holdReasons = [
  "no-patient",
  "outside-association",
  "unknown-patient",
  "conflicting-identifiers",
  "unmapped-channel",
  "unmapped-unit",
  "unmapped-value",
  "implausible",
  "unproven-profile",
  "maybe-repeated",
  "device-clock",
  "host-clock",
  "control",
  "demo",
  "by-person",
] as const;
/** Why a reading is not sent by itself. The closed list that screens and the README explain. */
export type HoldReason = (typeof holdReasons)[number];

/** Which bytes a value came from: offsets `[from, to)` in the stream of one session, kept by the flight recorder. */
export interface Evidence {
  readonly session: string;
  readonly from: number;
  readonly to: number;
}
