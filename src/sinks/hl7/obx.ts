import type { Hl7SinkConfig } from "../../config/site.ts";
import { type Field, type SegmentContent, segment } from "../../hl7/build.ts";
import type { Observation } from "../../model/observation.ts";
import type { Value } from "../../model/quantity.ts";
import type { Content } from "../sink.ts";
import { codedElement, unitElement } from "./codes.ts";
import { abnormalFlags } from "./flags.ts";
import { zonedDtm } from "./zone.ts";

type Hl7Settings = Hl7SinkConfig["hl7"];

/**
 * One observation as OBX. A value stands in it as the instrument wrote it; a missing one is empty with status X, never a
 * number. OBX-4 follows from the observation's id alone, so that a withdrawal names the same OBX-3 and OBX-4 whatever
 * else its message holds. `setId` is OBX-1, `groupTime` what OBR-7 says.
 */
export function obxSegment(
  observation: Observation,
  setId: number,
  groupTime: string,
  content: Content,
  settings: Hl7Settings,
): SegmentContent {
  const { code, value, times, binding, reported, id } = observation;
  const { version, codes } = settings;
  const time = zonedDtm(times.measured, content.timezone);
  return segment("OBX", {
    1: String(setId),
    ...typedValue(value),
    3: codedElement(code, codes),
    4: subId(id, version),
    6: value.kind === "quantity" ? unitElement(value, codes) : undefined,
    8: abnormalFlags(observation, version),
    11: resultStatus(observation, content.purpose, settings),
    14: time === groupTime ? undefined : time,
    16: binding?.by ?? reported?.operator,
    18: version >= "2.4" ? equipment(observation, content.gateway) : undefined,
    21: version >= "2.6" ? [id, settings.sendingApplication] : undefined,
  });
}

const number = /^[+-]?\d+(?:\.\d+)?$/;
/** Longest ST of 2.5.1. */
const longestSt = 199;

/** OBX-2 and OBX-5. */
function typedValue(value: Value): { readonly 2: string | undefined; readonly 5: Field } {
  switch (value.kind) {
    case "quantity":
      if (!number.test(value.text)) return { 2: "ST", 5: (value.bound ?? "") + value.text };
      return value.bound === undefined ? { 2: "NM", 5: value.text } : { 2: "SN", 5: [value.bound, value.text] };
    case "text":
      return { 2: value.text.length > longestSt ? "TX" : "ST", 5: value.text };
    case "absent":
      return { 2: undefined, 5: undefined };
    default:
      return value satisfies never;
  }
}

/** At most 20 characters in all versions; 44 random bits of the id. In 2.6 as a metric of the flat containment. */
function subId(id: string, version: string): string {
  const digits = String(Number.parseInt(id.replaceAll("-", "").slice(-11), 16));
  return version >= "2.6" ? `1.0.0.${digits}` : digits;
}

/** OBX-11, table 0085. What is withdrawn is W, a missing value X; neither claims that a result was verified. */
export function resultStatus(observation: Observation, purpose: Content["purpose"], settings: Hl7Settings): string {
  if (purpose === "withdrawal") return "W";
  if (observation.value.kind === "absent") return "X";
  if (purpose === "correction") return "C";
  switch (observation.status) {
    case "final":
      return settings.verified;
    case "preliminary":
      return "P";
    case "corrected":
      return "C";
    case "unverified":
      return "R";
    default:
      return observation.status satisfies never;
  }
}

/** OBX-18: the instrument's own serial number where it told one, then the name that the site gave it. */
function equipment({ device }: Observation, gateway: string): Field {
  const named = [device.device, gateway];
  if (device.serial === undefined) return named;
  const maker = [device.manufacturer, device.model].filter((part) => part !== undefined).join(" ");
  return { repetitions: [[device.serial, maker], named] };
}
