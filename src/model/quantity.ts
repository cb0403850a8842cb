/**
 * What a reading says, once its meaning is known. The text is what the instrument wrote, digit for digit; the number
 * serves limits and sorting only and is never sent in its place.
 */
export type Value = Quantity | CodedText | Absent;

/** A number with its unit. `bound` says that the true value lies beyond the limit given (`LO`, `HI`, `<5.6`). */
export interface Quantity {
  readonly kind: "quantity";
  /** The digits as the instrument wrote them, cleaned of padding only: `98.60` stays `98.60`. */
  readonly text: string;
  readonly number: number;
  /** UCUM. */
  readonly unit: string;
  /** The unit as the instrument wrote it. */
  readonly wireUnit: string;
  readonly bound?: Bound;
}

/** A result in words or grades (`Positif`, `NEGATIV`, `2+`). */
export interface CodedText {
  readonly kind: "text";
  readonly text: string;
}

/** No value, and why. Never a zero in its place. */
export interface Absent {
  readonly kind: "absent";
  readonly reason: AbsentReason;
  /** What the instrument wrote instead, verbatim, if it wrote anything. */
  readonly text?: string;
}

export type Bound = "<" | ">";

/** Why there is no value; the words of HL7 table 0085 and IEEE 11073 are derived from these in the sinks. */
export type AbsentReason = "not-measured" | "failed" | "masked" | "out-of-range" | "not-computable" | "disconnected";
