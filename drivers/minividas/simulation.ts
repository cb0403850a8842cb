import { sum8 } from "../../src/driver-kit/checksums.ts";
import type { Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";

/** Tagged fields as they go over the cable. */
export function message(fields: readonly (readonly [string, string])[]): Uint8Array {
  const text = `${fields.map(([tag, value]) => `\x1e${tag}${value}|`).join("")}\x1d`;
  return bytesOf(`\x02${text}${sum8(bytesOf(text)).toString(16).padStart(2, "0")}`);
}

/** An analyzer that sends each result by itself, and is never told that it is safe. */
export const simulation: Simulation = {
  instrument: () => ({
    handle(event) {
      if (event.on !== "measure") return [];
      const { specimen = "", patient = "", ql = "", qn = "", assay = "HBCT" } = event.values;
      const [, year = "", month = "", day = "", time = ""] =
        /^\d\d(\d\d)-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(event.at) ?? [];
      const fields = [
        ["mt", "rsl"],
        ["pi", patient],
        ["ci", specimen],
        ["rt", assay],
        ["tt", time],
        ["td", `${month}/${day}/${year}`],
        ["ql", ql],
        ["qn", qn],
      ] as const;
      return [{ do: "write", bytes: message(fields) }];
    },
  }),
  samples: [
    { specimen: "S004711", ql: "Positif", qn: "0.05" },
    { specimen: "S004712", ql: "Negatif", qn: "1.62" },
  ],
};
