import type { Instrument, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";
import { start, waveformEnd } from "./message.ts";

/**
 * A monitor that sends one message a second, flat waveforms and the numbers of the last measurement: `HR`, `RR`, `SPO2`
 * with `PR`, `NIBP_SYS` with `NIBP_DIA`, `NIBP_MEAN` and `NIBP_PULSE`. What a measurement has not stays as it was.
 */
function instrument(): Instrument {
  let shown: Readonly<Record<string, string>> = {};
  const of = (name: string) => shown[name] ?? "";

  function message(): string {
    const nibp = ["NIBP_SYS", "NIBP_DIA", "NIBP_MEAN", "NIBP_PULSE"].map(of).join(";");
    const text = [
      `HR=1;${of("HR")};ECG-II-DIAG;`,
      `RR=1;${of("RR")};;`,
      "ETCO2=1;;;",
      `SPO2=1;${of("SPO2")};PR=${of("PR")} ;`,
      `NIBP=4;${nibp};;`,
      "P1=3;;;;;",
      "P2=3;;;;NO TRANSDUCER;",
      "T1=1;;;",
      "T2=1;;;",
    ];
    return `${start}${"d".repeat(waveformEnd - start.length)}${text.join("\r")}\r\xfe`;
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
          return [{ do: "wake", afterMs: 1000 }];
        case "wake":
          return [
            { do: "write", bytes: bytesOf(message()) },
            { do: "wake", afterMs: 1000 },
          ];
        case "measure":
          shown = { ...shown, ...event.values };
          return [];
        case "data":
          return [];
        default:
          return event satisfies never;
      }
    },
  };
}

export const simulation: Simulation = {
  instrument,
  samples: [
    { HR: "80", RR: "18", SPO2: "98", PR: "80", NIBP_SYS: "121", NIBP_DIA: "75", NIBP_MEAN: "92", NIBP_PULSE: "80" },
    { HR: "84", SPO2: "97", PR: "84", NIBP_SYS: "134", NIBP_DIA: "82", NIBP_MEAN: "100", NIBP_PULSE: "84" },
  ],
};
