import type { Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";
import { type LayoutName, layouts } from "./report.ts";

/** The reports that carry a code: as many as it needs, each marked as continued but the last. */
function reportsOf(text: string, symbology: string, name: LayoutName): readonly Uint8Array[] {
  const layout = layouts[name];
  const room = layout.text.to - layout.text.from;
  const count = Math.max(1, Math.ceil(text.length / room));
  return Array.from({ length: count }, (_, i) => {
    const part = bytesOf(text.slice(i * room, (i + 1) * room));
    const report = new Uint8Array(layout.length);
    report[0] = 0x02;
    report[1] = part.length;
    if (layout.aim !== undefined) report.set(bytesOf(symbology), layout.aim);
    report.set(part, layout.text.from);
    report[layout.flags] = i < count - 1 ? 1 : 0;
    return report;
  });
}

/** A scanner in HID-POS mode. A measurement is a code: `barcode` its text, `symbology` its AIM identifier. */
export const simulation: Simulation = {
  instrument: (options) => {
    const chosen = options?.["layout"];
    const layout = chosen === "bare-64" || chosen === "aim-62" ? chosen : "aim-64";
    return {
      handle(event) {
        if (event.on !== "measure") return [];
        const { barcode, symbology = "]C0" } = event.values;
        if (barcode === undefined) return [];
        return reportsOf(barcode, symbology, layout).map((bytes) => ({ do: "write", bytes }));
      },
    };
  },
  samples: [
    { barcode: "STAFF-0007" },
    { barcode: "MRN0012345" },
    {
      barcode: "A long text that needs a second report to be carried from the scanner to the gateway",
      symbology: "]Q1",
    },
  ],
};
