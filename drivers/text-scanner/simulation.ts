import type { Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";

/** A scanner as it should be set up: AIM identifier before, CR after. `barcode` is the code with its identifier. */
export const simulation: Simulation = {
  instrument: () => ({
    handle(event) {
      const barcode = event.on === "measure" ? event.values["barcode"] : undefined;
      return barcode === undefined ? [] : [{ do: "write", bytes: bytesOf(`${barcode}\r`) }];
    },
  }),
  samples: [{ barcode: "STAFF-0007" }, { barcode: "MRN0012345" }],
};
