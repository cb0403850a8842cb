import type { Instant } from "./times.ts";

/** Who a reading belongs to: one identifier with the authority that issued it. Never a room or a bed. */
export interface PatientId {
  readonly id: string;
  /** HL7 PID-3.4: the namespace of the assigning authority. */
  readonly authority: string;
  /** HL7 PID-3.5, table 0203: MR, PI, VN … */
  readonly type: string;
}

/** The link between an observation and a person or specimen: who, claimed when, how, and by whom. IHE PCIM. */
export interface Binding {
  readonly subject: Subject;
  readonly since: Instant;
  /** `instrument`: the instrument itself reported the identifier along with the result. */
  readonly method: "scan" | "instrument" | "person";
  /** The staff badge that was active, or the name of the person who attached it. */
  readonly by?: string;
  /** A person took the identifier though the barcode rules of the place do not fit it. */
  readonly asTyped?: true;
  /** Whether a feed or a query knew the identifier. */
  readonly verified: boolean;
}

export type Subject =
  | { readonly kind: "patient"; readonly patient: PatientId; readonly visit?: string }
  | { readonly kind: "specimen"; readonly specimen: string };
