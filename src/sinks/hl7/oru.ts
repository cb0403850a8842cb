import type { Hl7SinkConfig } from "../../config/site.ts";
import { build, type ComponentList, type SegmentContent, segment } from "../../hl7/build.ts";
import type { Observation } from "../../model/observation.ts";
import type { Content } from "../sink.ts";
import { panelElement } from "./codes.ts";
import { clockRemarks, kindRemarks, noteSegments, valueRemarks } from "./notes.ts";
import { obxSegment, resultStatus } from "./obx.ts";
import { zonedDtm } from "./zone.ts";

/** IHE PCD-01, claimed only where version and codes are those that it asks for. */
const pcdProfile = ["IHE_PCD_ORU_R01", "IHE PCD", "1.3.6.1.4.1.19376.1.6.1.1.1", "ISO"];

/**
 * One group of observations as ORU^R01: MSH [PID [PV1]] OBR [NTE] {OBX [NTE]} [SPM]. The same content gives the same
 * text. PID is there only for patients' readings that are bound to a patient; SPM from 2.5, where a specimen is known
 * or the sample was a control. OBR-3 stays the same for the same group under the same patient, so that a withdrawal
 * finds what it withdraws, and differs under another one, so that a refiled group does not collide with it.
 */
export function oruMessage(content: Content, settings: Hl7SinkConfig["hl7"]): string {
  const [first] = content.observations;
  if (first === undefined) throw new RangeError("a message needs an observation");
  const groupTime = zonedDtm(first.times.measured, content.timezone);
  const sharedRemarks = sameForAll(content.observations, clockRemarks);
  const segments = [header(content, settings), ...patientSegments(first)];
  segments.push(request(first, groupTime, content, settings));
  segments.push(...noteSegments([...kindRemarks(first), ...(sharedRemarks ?? [])]));
  content.observations.forEach((observation, i) => {
    segments.push(obxSegment(observation, i + 1, groupTime, content, settings));
    const own = sharedRemarks === undefined ? clockRemarks(observation) : [];
    segments.push(...noteSegments([...valueRemarks(observation), ...own]));
  });
  if (settings.version >= "2.5") segments.push(...specimenSegments(first));
  return build(segments);
}

function header(content: Content, settings: Hl7SinkConfig["hl7"]): SegmentContent {
  const { version } = settings;
  return segment("MSH", {
    3: settings.sendingApplication,
    4: settings.sendingFacility,
    5: settings.receivingApplication,
    6: settings.receivingFacility,
    7: zonedDtm(content.at, content.timezone),
    // The structure came as a third component with 2.3.1.
    9: ["ORU", "R01", version === "2.3" ? undefined : "ORU_R01"],
    10: content.controlId,
    11: settings.processing,
    12: version,
    // No commit answer, always one of the application: what receivers take for the original mode.
    15: "NE",
    16: "AL",
    18: "UNICODE UTF-8",
    21: version === "2.6" && settings.codes === "mdc" ? pcdProfile : undefined,
  });
}

/** PID-5 stays empty, for the name is not known here; PV1-2 is U, unknown (table 0004). */
function patientSegments({ kind, binding }: Observation): readonly SegmentContent[] {
  if (kind !== "patient" || binding?.subject.kind !== "patient") return [];
  const { patient, visit } = binding.subject;
  const pid = segment("PID", { 1: "1", 3: [patient.id, undefined, undefined, patient.authority, patient.type] });
  if (visit === undefined) return [pid];
  const number: ComponentList = [visit, undefined, undefined, undefined, "VN"];
  return [pid, segment("PV1", { 1: "1", 2: "U", 19: number })];
}

function request(first: Observation, time: string, content: Content, settings: Hl7SinkConfig["hl7"]): SegmentContent {
  const statuses = content.observations.map((o) => resultStatus(o, content.purpose, settings));
  return segment("OBR", {
    1: "1",
    3: [fillerNumber(first), settings.sendingApplication],
    4: panelElement(
      content.observations.map((o) => o.code),
      settings.codes,
    ),
    7: time,
    // Before SPM there was no field for a specimen's identifier; this one is the filler's own.
    20: settings.version < "2.5" ? specimenOf(first) : undefined,
    22: zonedDtm(content.at, content.timezone),
    25: requestStatus(content.purpose, statuses),
  });
}

/** OBR-25, table 0123: as far as the least settled of the observations. */
function requestStatus(purpose: Content["purpose"], statuses: readonly string[]): string {
  if (purpose !== "result" || statuses.includes("C")) return "C";
  return ["P", "R"].find((status) => statuses.includes(status)) ?? "F";
}

/** The group's id and, after a hyphen, a mark of whose it is. */
function fillerNumber({ group, kind, binding }: Observation): string {
  const subject = binding?.subject;
  if (kind !== "patient" || subject === undefined) return group;
  const whose =
    subject.kind === "patient"
      ? `patient\n${subject.patient.authority}\n${subject.patient.type}\n${subject.patient.id}`
      : `specimen\n${subject.specimen}`;
  return `${group}-${fnv1a(whose)}`;
}

/** FNV-1a of 32 bits, as 8 hexadecimal digits: it tells the few subjects apart that one group can ever have. */
function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

function specimenOf({ binding, reported }: Observation): string | undefined {
  return binding?.subject.kind === "specimen" ? binding.subject.specimen : reported?.specimen;
}

/** SPM-2 the identifier on the tube; SPM-11 is Q for a control (table 0369). The specimen's type is not known here. */
function specimenSegments(first: Observation): readonly SegmentContent[] {
  const specimen = specimenOf(first);
  const role = first.kind === "control" ? ["Q", "Control specimen", "HL70369"] : undefined;
  if (specimen === undefined && role === undefined) return [];
  return [segment("SPM", { 1: "1", 2: specimen, 11: role })];
}

/** What is said of all alike, or nothing if it differs. */
function sameForAll(
  observations: readonly Observation[],
  say: (observation: Observation) => readonly string[],
): readonly string[] | undefined {
  const [first, ...others] = observations.map((o) => say(o));
  const key = JSON.stringify(first);
  return others.every((other) => JSON.stringify(other) === key) ? first : undefined;
}
