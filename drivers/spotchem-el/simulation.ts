import type { Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";

/** An analyzer that sends each run by itself, and is never told that it is safe. */
export const simulation: Simulation = {
  instrument: () => ({
    handle(event) {
      if (event.on !== "measure") return [];
      const { specimen = "", ...values } = event.values;
      const [, year, month, day, time] = /^\d\d(\d\d)-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(event.at) ?? [];
      const columns = ["Na", "K", "Cl"].map((name) => {
        const value = values[name] ?? "---";
        return `${name}${value.padStart(12 - name.length)}  mmol/L `;
      });
      const head = `${year}/${month}/${day} ${time} ID# ${specimen.slice(0, 11).padEnd(11)}[B. Plasma] `;
      return [{ do: "write", bytes: bytesOf(`\x02${head}${columns.join("")}\x03`) }];
    },
  }),
  samples: [
    { specimen: "S004711", Na: "139", K: "4.1", Cl: "102" },
    { specimen: "S004712", Na: "141", K: "3.9", Cl: "99" },
  ],
};
