import type { InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";
import { keyOf, modifiers } from "./keys.ts";

/** The key and modifiers that type a character on a US keyboard; nothing where there is none. */
function strokeFor(character: string): readonly [pressed: number, code: number] | undefined {
  for (const pressed of [0, modifiers.shift & 0x0f, modifiers.control & 0x0f])
    for (let code = 0x04; code < 0x64; code++) {
      const key = keyOf(code, pressed);
      if (key.is === "character" && key.character === character) return [pressed, code];
    }
  return undefined;
}

function typed(text: string): readonly Uint8Array[] {
  const strokes = [...Array.from(text).flatMap((character) => [strokeFor(character) ?? []]), [0, 0x28]];
  return strokes.flatMap(([pressed = 0, code = 0]) =>
    code === 0 ? [] : [Uint8Array.of(pressed, 0, code, 0, 0, 0, 0, 0), new Uint8Array(8)],
  );
}

/** A scanner set up as a US keyboard. A measurement is a code: `barcode`, with its AIM identifier before it; then Enter. */
export const simulation: Simulation = {
  instrument: () => ({
    handle(event): readonly InstrumentAction[] {
      const barcode = event.on === "measure" ? event.values["barcode"] : undefined;
      return barcode === undefined ? [] : typed(barcode).map((bytes) => ({ do: "write", bytes }));
    },
  }),
  samples: [{ barcode: "STAFF-0007" }, { barcode: "MRN0012345" }],
};
