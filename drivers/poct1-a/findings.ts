import type { Finding, Span, WireValue } from "../../src/driver-kit/contract.ts";
import { number } from "../../src/driver-kit/text.ts";
import { stampOf } from "../../src/hl7/dtm.ts";
import type { DeviceIdentity } from "../../src/model/device.ts";
import type { ResultStatus } from "../../src/model/observation.ts";
import type { Options } from "./options.ts";
import { all, type Element, find, textOf } from "./xml.ts";

/** The channel of results whose test is not on the profile's list: held, with all that was said in one text. */
export const OTHER = "other";

/** What HEL.R01 says of the instrument. */
export function identityOf(hello: Element): DeviceIdentity {
  const device = find(hello, "DEV");
  const part = (name: string) => textOf(find(device, `DEV.${name}`));
  return {
    ...given("manufacturer", part("vendor_id")),
    ...given("model", part("model_id")),
    ...given("serial", part("serial_id") || part("device_id")),
    ...given("firmware", part("sw_version")),
  };
}

/** The results of an OBS.R01 or OBS.R02, in their order; each SVC is one group. */
export function findings(message: Element, serial: string, options: Options, span: Span): readonly Finding[] {
  const seen = new Map<string, number>();
  return all(message, "SVC").flatMap((service, i) => {
    const patientOf = patients(service);
    return all(service, "OBS").map((observation) => {
      const finding = read(message.name, service, observation, patientOf(observation), serial, options, span);
      const identity = finding.identity ?? "";
      const count = (seen.get(identity) ?? 0) + 1;
      seen.set(identity, count);
      return { ...finding, group: `service ${i + 1}`, identity: count === 1 ? identity : `${identity}#${count}` };
    });
  });
}

/** Whose an observation of this service is: of the PT that it stands in, or of the only one. */
function patients(service: Element): (observation: Element) => string {
  const people = all(service, "PT");
  const enclosing = new Map(people.flatMap((person) => all(person, "OBS").map((observation) => [observation, person])));
  return (observation) => {
    const within = enclosing.get(observation) ?? (people.length > 1 ? undefined : service);
    return within === undefined ? "" : only(within, "PT.patient_id");
  };
}

/** What is said once; what is said several times is said of nobody. */
function only(within: Element, name: string): string {
  const [said, ...others] = all(within, name);
  return others.length === 0 ? textOf(said) : "";
}

function read(
  type: string,
  service: Element,
  observation: Element,
  patient: string,
  serial: string,
  options: Options,
  span: Span,
): Finding {
  const of = (name: string) => textOf(find(service, `SVC.${name}`));
  const code = textOf(find(observation, "OBS.observation_id"));
  const operator = only(service, "OPR.operator_id");
  const [time, edited] = [stampOf(of("observation_dttm")), of("reason_cd") === "EDT"];
  const reported = { ...given("patient", patient), ...given("operator", operator) };
  const flags = flagsOf(observation, options);
  return {
    ...measured(code, observation, options),
    // OBS.R02 is not of patients: controls, calibration, linearity.
    kind: type === "OBS.R01" && (of("role_cd") || "OBS") === "OBS" ? "patient" : "control",
    ...(time === undefined ? {} : { deviceTime: time }),
    ...(of("sequence_nbr") === "" ? {} : { record: of("sequence_nbr") }),
    ...(Object.keys(reported).length === 0 ? {} : { reported }),
    status: edited ? "corrected" : statusOf(observation),
    ...(flags.length === 0 ? {} : { flags }),
    // A date alone, or an impossible one, tells nothing from an equal result of that day.
    ...(time !== undefined && time.local === undefined && of("sequence_nbr") === "" && { mayRecur: true }),
    // A result may differ in nothing but its patient: an edited one, or one of an instrument that gives no time.
    identity: JSON.stringify([serial, of("sequence_nbr"), time?.text ?? "", code, patient, ...(edited ? ["EDT"] : [])]),
    span,
  };
}

/** Channel, value and unit, of the closed lists that the profile gives. */
function measured(code: string, observation: Element, options: Options): Pick<Finding, "channel" | "value" | "unit"> {
  const element = find(observation, "OBS.value");
  const unit = element?.attributes.get("U")?.trim() ?? "";
  const value = readValue(textOf(element));
  const said = `${value.kind === "number" ? (value.bound ?? "") : ""}${value.text ?? ""}${unit === "" ? "" : ` ${unit}`}`;
  const units = Object.hasOwn(options.tests, code) ? options.tests[code] : undefined;
  if (units === undefined) return { channel: OTHER, value: { kind: "text", text: `${code}: ${said}` } };
  if (unit === "") return { channel: code, value };
  if (units.includes(unit)) return { channel: code, value, unit };
  return { channel: code, value: { kind: "text", text: said } };
}

function readValue(text: string): WireValue {
  if (text === "") return { kind: "absent", reason: "not-measured" };
  if (/^-+$/.test(text)) return { kind: "absent", reason: "not-computable", text };
  const [, sign, digits = ""] = /^([<>])? ?(\S+)$/.exec(text) ?? [];
  if (number(digits) === undefined) return { kind: "text", text };
  return { kind: "number", text: digits, ...(sign === "<" || sign === ">" ? { bound: sign } : {}) };
}

/** What somebody typed in, the instrument has not measured. */
function statusOf(observation: Element): ResultStatus {
  return textOf(find(observation, "OBS.method_cd")) === "I" ? "unverified" : "final";
}

/** Interpretation as written; method and status where they are not what goes without saying; notes. */
function flagsOf(observation: Element, { notes }: Options): readonly string[] {
  const of = (name: string) => textOf(find(observation, `OBS.${name}`));
  const method = of("method_cd");
  return [
    of("interpretation_cd"),
    method === "" || method === "M" ? "" : `method ${method}`,
    of("status_cd") === "" ? "" : `status ${of("status_cd")}`,
    ...(notes === "flags" ? all(observation, "NTE.text").map(textOf) : []),
  ].filter((flag) => flag !== "");
}

function given<K extends string>(key: K, value: string): { [P in K]?: string } {
  return value === "" ? {} : ({ [key]: value } as { [P in K]?: string });
}
