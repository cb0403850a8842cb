import type { Sample } from "../../src/driver-kit/spot-check.ts";
import { wallTime } from "../../src/driver-kit/wall-clock.ts";
import type { DeviceTime } from "../../src/model/times.ts";

/** A data line. */
export interface Line {
  readonly time: DeviceTime;
  readonly sample: Sample;
  readonly saturation: string;
  readonly pulse: string;
  readonly flags: readonly string[];
}

/** What a line is. The header is repeated about every 25 lines and whenever limits change. */
export type Said =
  | { readonly is: "data"; readonly line: Line }
  | { readonly is: "header"; readonly model?: string; readonly version?: string }
  | { readonly is: "unknown" };

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Status codes, and what they make of the numbers beside them; those that are not here are not known. */
const codes: Readonly<Record<string, Sample["is"]>> = {
  AO: "good", // alarm off
  AS: "good", // alarm silenced
  LB: "good", // low battery
  LM: "doubtful", // loss of pulse with interference
  LP: "doubtful", // loss of pulse
  MO: "doubtful", // interference, motion
  PH: "good", // pulse above its limit
  PL: "good", // pulse below its limit
  PS: "doubtful", // pulse search
  SD: "off", // sensor disconnected
  SH: "good", // saturation above its limit
  SL: "good", // saturation below its limit
  SO: "off", // sensor off
};

const headers = [
  /^ *(?:ADULT|NEONATE) +[0-9]+SAT-S$/,
  /^TIME +%SpO2 +BPM +PA +Status$/,
  /^ *SPO2 RESP MODE: [A-Z]+$/,
] as const;

/** Reads a line: `dd-MMM-yy HH:mm:ss  SpO2[*]  BPM[*]  PA  codes`, or one of the header. */
export function readLine(text: string): Said {
  const line = text.trimEnd();
  const [, model, version] = /^([A-Z]{1,4}-[0-9]{2,4}[A-Z]?) +VERSION ([0-9.]+) .*BPM$/.exec(line) ?? [];
  if (model !== undefined && version !== undefined) return { is: "header", model, version };
  if (headers.some((header) => header.test(line))) return { is: "header" };

  const [, stamp = "", saturation, over, pulse, beyond, amplitude, status = ""] =
    /^([ 0-9][0-9]-[A-Z][a-z]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}) +([0-9]{1,3}|---)(\*?) +([0-9]{1,3}|---)(\*?) +([0-9]{1,3}|---)((?: +[A-Z]{2})*)$/.exec(
      line,
    ) ?? [];
  if (saturation === undefined || pulse === undefined) return { is: "unknown" };
  const said = status.split(" ").filter((code) => code !== "");
  const flags = [...(over === "" ? [] : [`SpO2 ${saturation}*`]), ...(beyond === "" ? [] : [`BPM ${pulse}*`]), ...said];
  return {
    is: "data",
    line: {
      time: timeOf(stamp.trimStart()),
      sample: sampleOf(saturation, pulse, amplitude ?? "", said, flags),
      saturation,
      pulse,
      flags,
    },
  };
}

/** The day may be padded with a blank, the year has two digits of 20yy, months are English. */
function timeOf(text: string): DeviceTime {
  const [day, month, year, hour, minute, second] = text.split(/[- :]/);
  const local = wallTime(
    2000 + Number(year),
    months.indexOf(month ?? "") + 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  return local === undefined ? { text } : { text, local };
}

function sampleOf(
  saturation: string,
  pulse: string,
  amplitude: string,
  status: readonly string[],
  flags: readonly string[],
): Sample {
  const present = (digits: string) => /[1-9]/.test(digits);
  const standings = status.map((code) => (Object.hasOwn(codes, code) ? codes[code] : "doubtful"));
  if (!present(saturation) || !present(pulse) || standings.includes("off")) return { is: "off" };
  if (!present(amplitude) || Number(saturation) > 100 || standings.includes("doubtful")) return { is: "doubtful" };
  return {
    is: "good",
    saturation: Number(saturation),
    pulse: Number(pulse),
    key: [saturation, pulse, ...flags].join(" "),
  };
}
