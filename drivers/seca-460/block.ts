import { lengthPrefixed } from "../../src/driver-kit/framers/length-prefixed.ts";
import type { Framer } from "../../src/driver-kit/framers/piece.ts";
import type { Weighing } from "../../src/driver-kit/scale.ts";
import { latin1 } from "../../src/driver-kit/text.ts";

/** What a site knows of its scale that the description of the interface leaves open. */
export interface ScaleFacts {
  readonly weightKind?: 0 | 1 | undefined;
  readonly stableBit?: 7 | 0 | undefined;
  /** By the display type's hex digit. */
  readonly displayTypes: Readonly<Record<string, { readonly unit: string; readonly decimals: number }>>;
}

/**
 * The flags of the first control byte (kinds A0 and A1) in the order in which they are printed. Which end of the byte
 * comes first is what `stableBit` says.
 */
const flags = ["stable", "bat", "hold", "minus", "net", "not applicable", "temperature drift", "zero timeout"] as const;

/** With one of these the number is not the load that stands on the scale now: on hold it may be somebody else's. */
const noLoad: readonly string[] = ["hold", "minus", "not applicable", "temperature drift", "zero timeout"];

const kinds = ["0", "1", "4"];
const end = "\r\n\x03";

/**
 * Cuts the stream into blocks: STX, the bytes, CR, LF, ETX; 11 bytes in kinds A0 and A1, 10 in A4. “ASCII coded bytes […]
 * high nibble first” can also mean that each nibble is sent as a hex digit: such blocks are taken as well, with the
 * bytes between STX and CR twice as long.
 */
export function blockFramer(): Framer {
  const length = (kind: string) => (kind === "4" ? 6 : 7);
  return lengthPrefixed({
    starts: kinds.flatMap((kind) => [`\x02${String.fromCharCode(0xa0 + Number(kind))}`, `\x02A${kind}`]),
    header: 3,
    total(header) {
      const [, first = 0, second = 0] = header;
      const inText = first === "A".charCodeAt(0);
      const kind = inText ? String.fromCharCode(second) : (first & 0xf).toString();
      return 1 + (inText ? 2 : 1) * length(kind) + end.length;
    },
    check: (block) => (nibbles(block) === undefined ? "malformed" : "ok"),
    bound: 18,
  });
}

/** A block's bytes between STX and CR as hex digits, two a byte; nothing where its end or its hex text is not sound. */
function nibbles(block: Uint8Array): string | undefined {
  if (!latin1(block).endsWith(end)) return undefined;
  const bytes = block.subarray(1, -end.length);
  const text = latin1(bytes);
  if (text.startsWith("A")) return /^[0-9A-F]+$/.test(text) ? text : undefined;
  return [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join("");
}

/**
 * Reads a block: `A`, the kind, five digits, the display type, two control bytes, the check byte. Without the site's word on
 * what they stand for, nothing is a weight. The check byte is not compared: what it is computed over is not described, and
 * `00` means that there is none.
 */
export function decode(block: Uint8Array, { weightKind, stableBit, displayTypes }: ScaleFacts): Weighing {
  const all = nibbles(block) ?? "";
  const kind = all[1] ?? "";
  const digits = all.slice(2, 7);
  const display = all[7] ?? "";
  if (kind === "4") return { is: "malformed", detail: "which bits of a block of kind A4 say what is not described" };
  if (weightKind === undefined) return { is: "malformed", detail: "weightKind is not set: see the driver's README" };
  if (kind !== String(weightKind)) return { is: "aside" };
  if (stableBit === undefined) return { is: "malformed", detail: "stableBit is not set: see the driver's README" };

  const control = Number.parseInt(all.slice(8, 10), 16);
  const set = flags.filter((_, at) => (control >> (stableBit === 7 ? 7 - at : at)) & 1);
  if (!set.includes("stable") || set.some((flag) => noLoad.includes(flag))) return { is: "unsettled" };
  if (!/^[0-9]{5}$/.test(digits)) return { is: "malformed", detail: "digits are none" };
  if (Number(digits) === 0) return { is: "unsettled" };

  const shown = displayTypes[display];
  if (shown === undefined)
    return { is: "malformed", detail: `display type ${display} is not in displayTypes: see the driver's README` };
  return {
    is: "load",
    measured: [
      {
        channel: "W",
        value: { kind: "number", text: placed(digits, shown.decimals) },
        unit: shown.unit,
        ...(set.includes("net") ? { flags: ["net"] } : {}),
      },
    ],
  };
}

/** The digits with the point in its place; zeros before the number are left out. */
function placed(digits: string, decimals: number): string {
  const whole = digits.slice(0, digits.length - decimals).replace(/^0+(?=[0-9])/, "");
  return decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`;
}
