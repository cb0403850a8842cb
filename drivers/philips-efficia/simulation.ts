import type { Instrument, InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import { build, type SegmentContent, segment } from "../../src/hl7/build.ts";
import { parse } from "../../src/hl7/message.ts";

const serial = "MONITORABC";

const numerics = {
  SpO2: ["0002-4bb8", "0004-0220^%"],
  NBPs: ["0002-4a05", "0004-0f20^mmHg"],
  NBPd: ["0002-4a06", "0004-0f20^mmHg"],
  NBPm: ["0002-4a07", "0004-0f20^mmHg"],
  Pulse: ["0002-480a", "0004-0aa0^bpm"],
  Resp: ["0002-5000", "0004-0ae0^rpm"],
  Temp: ["0002*f0c7", "0004-1710^C"],
} as const;

/**
 * A monitor that answers STA queries. A measurement may have any of the names above, and `patient`; what it has not
 * stays as it was. `framing: "bare"` leaves the MLLP block out. Its clock stands at the last measurement.
 */
function instrument(options: Readonly<Record<string, unknown>> = {}): Instrument {
  const bare = options["framing"] === "bare";
  let heard = "";
  let shown: Readonly<Record<string, string>> = {};
  let clock = "20260101000000";
  let cuffTime: string | undefined;
  let counter = 0;
  let measured = 0;
  let told = 0;

  function obx(name: keyof typeof numerics): SegmentContent | undefined {
    const value = shown[name];
    const [code, unit] = numerics[name];
    if (value === undefined) return undefined;
    return segment("OBX", {
      2: "NM",
      3: [code, name, "MDIL"],
      5: value,
      6: [...unit.split("^"), "MDIL"],
      11: "F",
      14: name.startsWith("NBP") ? cuffTime : undefined,
      17:
        name === "Pulse" ? ["0002-4bb8", "SpO2", "MDIL"] : name === "Temp" ? ["0002-f110", "Oral", "MDIL"] : undefined,
    });
  }

  function reply(query: string): string {
    const head = (type: readonly [string, string?]) =>
      segment("MSH", {
        3: [undefined, "EfficiaCM"],
        7: clock,
        9: type,
        10: `${serial}${String(++counter).padStart(10, "0")}`,
        11: "P",
        12: "2.4",
        21: "2.16.840.1.113883.9.2.1",
      });
    const values = (Object.keys(numerics) as (keyof typeof numerics)[]).flatMap((name) => obx(name) ?? []);
    if (values.length === 0) return build([head(["ACK"]), segment("MSA", { 1: "AE", 2: query })]);
    return build([
      head(["ORF", "R04"]),
      segment("MSA", { 1: "AA", 2: query }),
      segment("QRD", { 1: clock, 2: "R", 3: "I", 4: query, 9: "STA" }),
      segment("PID", { 3: shown["patient"] }),
      segment("PV1", { 18: "A" }),
      segment("ORC", { 1: "NW", 18: serial }),
      segment("OBR", { 4: "MONITOR", 7: clock }),
      ...values,
    ]);
  }

  function hear(text: string): readonly InstrumentAction[] {
    const parsed = parse(text);
    if (!parsed.ok) return [];
    const { message } = parsed;
    if (message.get("MSH-9") === "ACK") {
      // An acknowledgement of one of the replies since the last measurement makes that safe.
      if (message.get("MSA-1") !== "AA" || told === measured) return [];
      told = measured;
      return [{ do: "safe", n: measured }];
    }
    const id = message.get("QRD-4");
    if (message.get("MSH-9") !== "QRY" || id === undefined || message.get("QRD-9") !== "STA") return [];
    const answer = reply(id);
    return [{ do: "write", bytes: bytesOf(bare ? answer : `\x0b${answer}\x1c\r`) }];
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
        case "wake":
          return [];
        case "data": {
          heard = (heard + latin1(event.bytes)).slice(-4096);
          // Each message of a host ends with its second segment.
          const messages = heard.match(/MSH[^\r]*\r[^\r]+\r/g);
          if (messages === null) return [];
          heard = "";
          return messages.flatMap(hear);
        }
        case "measure": {
          shown = { ...shown, ...event.values };
          clock = event.at.replaceAll(/[^0-9]/g, "").slice(0, 14);
          if (event.values["NBPs"] !== undefined) {
            cuffTime = clock;
            measured++;
          }
          return [];
        }
        default:
          return event satisfies never;
      }
    },
  };
}

export const simulation: Simulation = {
  instrument,
  samples: [
    { NBPs: "122", NBPd: "85", NBPm: "98", SpO2: "98", Pulse: "80", Resp: "20", Temp: "37.4" },
    { NBPs: "136", NBPd: "84", NBPm: "102", SpO2: "96", Pulse: "88" },
  ],
};
