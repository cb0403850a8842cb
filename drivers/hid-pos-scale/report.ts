/** What one report of the scale says. */
export type Weight =
  | { readonly is: "stable"; readonly text: string; readonly unit: Unit }
  /** The pan is empty: the weighing is over. */
  | { readonly is: "empty"; readonly why: string }
  | { readonly is: "no-reading"; readonly why: string }
  | { readonly is: "malformed"; readonly why: string };

export interface Unit {
  readonly name: string;
  /** Whether a clinic weighs in it; the others are reported as words, which are held. */
  readonly usual: boolean;
}

/** HID usage tables, page 0x8D: units by their code. Code 0 is "unknown unit". */
const units: readonly (Unit | undefined)[] = [
  undefined,
  { name: "mg", usual: false },
  { name: "g", usual: true },
  { name: "kg", usual: true },
  { name: "carat", usual: false },
  { name: "tael", usual: false },
  { name: "grain", usual: false },
  { name: "dwt", usual: false },
  { name: "tonne", usual: false },
  { name: "short ton", usual: false },
  { name: "troy oz", usual: false },
  { name: "oz", usual: true },
  { name: "lb", usual: true },
];

/** The magnitude has five digits at most; a decimal point further away belongs to no scale. */
const farthest = 5;

/**
 * Reads a data report of six bytes: id, status, unit, signed decimal exponent, weight (16 bits, little-endian). Some
 * hosts pad it to eight with zeros. The weight is a magnitude: below zero is a status of its own and has no value.
 */
export function weightOf(report: Uint8Array): Weight {
  const [, status = 0, unitCode = 0, exponentByte = 0, low = 0, high = 0, ...padding] = report;
  if (report.length !== 6 && report.length !== 8) return { is: "malformed", why: `${report.length} bytes long` };
  if (padding.some((byte) => byte !== 0)) return { is: "malformed", why: "padding that is not zero" };
  switch (status) {
    case 1:
      return { is: "no-reading", why: "the scale reports a fault" };
    case 2:
      return { is: "empty", why: "zero" };
    case 3:
      return { is: "no-reading", why: "in motion" };
    case 4:
      break;
    case 5:
      return { is: "empty", why: "under zero" };
    case 6:
      return { is: "no-reading", why: "over the weight limit" };
    case 7:
      return { is: "no-reading", why: "the scale needs calibration" };
    case 8:
      return { is: "no-reading", why: "the scale needs to be set to zero" };
    default:
      return { is: "malformed", why: `status ${status}` };
  }
  const magnitude = high * 0x100 + low;
  if (magnitude === 0) return { is: "empty", why: "a stable weight of zero" };
  const unit = units[unitCode];
  if (unit === undefined) return { is: "malformed", why: unitCode === 0 ? "no unit" : `unit ${unitCode}` };
  const exponent = exponentByte < 0x80 ? exponentByte : exponentByte - 0x100;
  if (Math.abs(exponent) > farthest) return { is: "malformed", why: `exponent ${exponent}` };
  return { is: "stable", text: decimal(magnitude, exponent), unit };
}

/** The digits with the decimal point where the exponent puts it: 958 and -1 are `95.8`, 50 and -1 are `5.0`. */
export function decimal(magnitude: number, exponent: number): string {
  const digits = String(magnitude);
  if (exponent >= 0) return digits + "0".repeat(exponent);
  const padded = digits.padStart(1 - exponent, "0");
  return `${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}
