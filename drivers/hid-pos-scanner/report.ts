import { labelled } from "../../src/driver-kit/aim.ts";

/** Where makers put the parts of a scanned-data report. */
export interface Layout {
  readonly length: number;
  /** Offset of the AIM identifier, where the report has one. */
  readonly aim?: number;
  readonly text: { readonly from: number; readonly to: number };
  /** Offset of the flags, whose lowest bit says that the code goes on in the next report. */
  readonly flags: number;
}

export type LayoutName = "aim-64" | "bare-64" | "aim-62";

/** The three layouts that are known to be in use; byte 0 is the report id, byte 1 counts the bytes of text. */
export const layouts: Readonly<Record<LayoutName, Layout>> = {
  "aim-64": { length: 64, aim: 2, text: { from: 5, to: 61 }, flags: 63 },
  "bare-64": { length: 64, text: { from: 2, to: 58 }, flags: 63 },
  "aim-62": { length: 62, aim: 2, text: { from: 5, to: 61 }, flags: 61 },
};

/** Usage 0x12 of page 0x8C, scanned data, is report 2 in all layouts. */
const scannedData = 0x02;

/** One report of the scanner. */
export type Part =
  | { readonly is: "part"; readonly text: Uint8Array; readonly symbology?: string; readonly more: boolean }
  /** An answer of the scanner to a command, or a report of another kind. */
  | { readonly is: "no-barcode"; readonly why: string }
  /** `more`: what follows may belong to it. */
  | { readonly is: "malformed"; readonly why: string; readonly more: boolean };

export function partOf(report: Uint8Array, layout: Layout): Part {
  const [id = 0, count = 0] = report;
  if (id !== scannedData) return { is: "no-barcode", why: `report ${id}` };
  if (report.length !== layout.length)
    return { is: "malformed", why: `${report.length} bytes long instead of ${layout.length}`, more: true };
  const more = ((report[layout.flags] ?? 0) & 1) === 1;
  if (count > layout.text.to - layout.text.from) return { is: "malformed", why: `counts ${count} bytes`, more };
  if (count === 0 && more) return { is: "malformed", why: "counts no byte and goes on", more };
  const text = report.slice(layout.text.from, layout.text.from + count);
  if (layout.aim === undefined) return { is: "part", text, more };
  const label = labelled(String.fromCharCode(...report.subarray(layout.aim, layout.aim + 3)));
  switch (label.is) {
    case "labelled":
      return { is: "part", text, symbology: label.symbology, more };
    case "no-barcode":
      return { is: "no-barcode", why: "an answer to a command" };
    case "plain":
      return { is: "malformed", why: "has no AIM identifier", more };
    default:
      return label satisfies never;
  }
}
