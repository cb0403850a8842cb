import { hex, sum8 } from "../../src/driver-kit/checksums.ts";
import type { Instrument, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";

const samples: Simulation["samples"] = [{ Wk: "72.5" }, { Wk: "89.2", Hm: "191.0", FW: "18.8", MI: "24.5" }];

/**
 * An SC-330 that prints one line a measurement. A measurement has the line's own keys: `Wk`, and `Hm`, `FW`, `MI`; and
 * `~`, what stands for metric units, which is not the same with all models.
 */
export const simulation: Simulation = {
  instrument,
  samples,
  samplesOf({ Wk }) {
    const units = Object.entries(Wk?.units ?? {});
    const metric = units.find(([, ucum]) => ucum === "kg")?.[0];
    return samples.map((sample) => ({ ...sample, ...(metric === undefined ? {} : { "~": metric }) }));
  },
};

function instrument(): Instrument {
  return {
    handle(event) {
      switch (event.on) {
        case "measure": {
          const [, year, month, day, time] = /^(\d+)-(\d+)-(\d+)T(\d+:\d+)/.exec(event.at) ?? [];
          const { "~": metric = "1", ...measured } = event.values;
          const values = Object.entries({ Hm: "0.0", Pt: "0.0", ...measured }).map((pair) => `${pair.join(",")},`);
          const line =
            `{0,16,~0,${metric},~1,${metric},~2,${metric},MO,"SC-330",SN,"00000001",ID,"0000000000",` +
            `Da,"${day}/${month}/${year}",TI,"${time}",${values.join("")}`;
          return [{ do: "write", bytes: bytesOf(`${line}CS,${hex(sum8(bytesOf(line)), 2)}\r\n`) }];
        }
        case "open":
        case "data":
        case "wake":
          return [];
        default:
          return event satisfies never;
      }
    },
  };
}
