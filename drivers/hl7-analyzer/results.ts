import type { Finding, Span } from "../../src/driver-kit/contract.ts";
import { stampOf } from "../../src/hl7/dtm.ts";
import type { Message } from "../../src/hl7/message.ts";
import type { Segment } from "../../src/hl7/segment.ts";
import type { ReadingKind, ReportedSubject, ResultStatus } from "../../src/model/observation.ts";
import type { DeviceTime } from "../../src/model/times.ts";
import type { Options } from "./options.ts";
import { readValue } from "./value.ts";

/** The channel of results whose test is not on the profile's list: held, with all that was said in one text. */
export const OTHER = "other";

/** The specimens, or the containers, that a result can be of. */
interface Named {
  /** The identifier that all of them have; empty where they have several. */
  readonly id: string;
  readonly several: boolean;
  /** What they are called, to know a result again; of very many the first. */
  readonly written: readonly string[];
  /** Whether one of them has another role (SPM-11) than that of a patient's, or the unknown one. */
  readonly control: boolean;
  readonly unknown: boolean;
}

/** What an OBX hangs from. */
interface Above {
  readonly header: Segment | undefined;
  readonly person: Segment | undefined;
  readonly specimen: Named | undefined;
  readonly container: Named | undefined;
  readonly order: Segment | undefined;
  /** How many orders the message had so far. What hangs from no order is of none of them. */
  readonly orders: number;
}

type Specimens = Pick<Above, "specimen" | "container">;

/** The results of a message, in their order. All have the span of the message: its segments mean nothing alone. */
export function findings(message: Message, options: Options, span: Span): readonly Finding[] {
  const found: Finding[] = [];
  const seen = new Map<string, number>();
  const { segments } = message;
  const none = { specimen: undefined, container: undefined, order: undefined };
  let above: Above = { header: message.find("MSH"), person: undefined, ...none, orders: 0 };
  // In ORU a specimen follows the results of its order; in OUL it comes before its orders.
  const specimenFirst = message.get("MSH-9.1") === "OUL";
  let anyOf = misplaced(segments, 0, specimenFirst);
  /** In OUL, those whose order is still to come: it can be of any of them. */
  let coming: Specimens = none;
  /** Whether the person has an order. */
  let isBegun = false;
  for (const [i, segment] of segments.entries()) {
    switch (segment.id) {
      case "PID":
        if (isBegun) anyOf = misplaced(segments, i + 1, specimenFirst);
        isBegun = false;
        // What a person cuts off from its order is nobody's word, but a control stays one.
        coming = { specimen: ofNobody(coming.specimen), container: ofNobody(coming.container) };
        above = { ...above, ...none, ...coming, person: segment };
        break;
      case "SPM":
        if (!specimenFirst || anyOf !== undefined) break;
        coming = { specimen: named(coming.specimen, segment, 2), container: undefined };
        above = { ...above, ...none, ...coming };
        break;
      case "SAC":
        if (!specimenFirst || anyOf !== undefined) break;
        coming = { ...coming, container: named(coming.container, segment, 3) };
        above = { ...above, container: coming.container };
        break;
      case "OBR":
        coming = none;
        above = { ...above, order: segment, orders: above.orders + 1 };
        isBegun = true;
        if (anyOf !== undefined) above = { ...above, ...anyOf };
        else if (!specimenFirst) above = { ...above, ...specimensFrom(orderBehind(segments, i)) };
        break;
      case "OBX":
        if (isResult(segment, options)) {
          const finding = read(segment, notesAfter(segments, i), above, options, span);
          const count = (seen.get(finding.identity ?? "") ?? 0) + 1;
          seen.set(finding.identity ?? "", count);
          found.push(count === 1 ? finding : { ...finding, identity: `${finding.identity}#${count}` });
        }
        break;
    }
  }
  return found;
}

/**
 * All specimens and containers of a person of whom one stands where the message's type has none: in ORU before its order,
 * in OUL behind the first order. One that stands between the person and all orders alone, or behind the only order, is that
 * of each; otherwise nothing tells whose they are, and each order can be of any of them.
 */
function misplaced(segments: readonly Segment[], from: number, specimenFirst: boolean): Specimens | undefined {
  const theirs: Segment[] = [];
  let orders = 0;
  let inOrder = false;
  let isMisplaced = false;
  let isBehind = false;
  /** Different things that are said in one place, before an order or in it. */
  const places = new Set<string>();
  let place = "";
  for (let i = from; i < segments.length; i++) {
    const segment = segments[i];
    if (segment === undefined || (segment.id === "PID" && orders > 0)) break;
    if (segment.id === "ORC" || segment.id === "OBR") {
      if (place !== "") places.add(place);
      place = "";
      inOrder = segment.id === "OBR";
      if (inOrder) orders += 1;
    } else if (segment.id === "PID") {
      isBehind ||= theirs.length > 0;
    } else if (segment.id === "SPM" || segment.id === "SAC") {
      isMisplaced ||= specimenFirst ? theirs.length === 0 && orders > 0 : !inOrder;
      isBehind ||= orders > 0 && !inOrder;
      place += `${segment.id} ${segment.field(segment.id === "SPM" ? 2 : 3)}\n`;
      theirs.push(segment);
    }
  }
  if (!isMisplaced) return undefined;
  if (place !== "") places.add(place);
  const all = specimensFrom(theirs);
  const isOfEach = places.size < 2 && (specimenFirst ? orders === 1 : !isBehind);
  return isOfEach ? all : { specimen: ofNobody(all.specimen), container: ofNobody(all.container) };
}

const ofNobody = (named: Named | undefined): Named | undefined => named && { ...named, id: "", several: true };

/** What stands behind an OBR, up to the next order or person. */
function orderBehind(segments: readonly Segment[], at: number): readonly Segment[] {
  let end = at + 1;
  while (end < segments.length && !["PID", "ORC", "OBR"].includes(segments[end]?.id ?? "")) end++;
  return segments.slice(at + 1, end);
}

function specimensFrom(segments: readonly Segment[]): Specimens {
  let specimen: Named | undefined;
  let container: Named | undefined;
  for (const segment of segments) {
    if (segment.id === "SPM") specimen = named(specimen, segment, 2);
    if (segment.id === "SAC") container = named(container, segment, 3);
  }
  return { specimen, container };
}

/** Of so many names a result is known again; with more it is never taken for one that was there before. */
const mostWritten = 8;

/** Those before, if any, and this one. */
function named(before: Named | undefined, segment: Segment, field: number): Named {
  const id = text(segment, field);
  const role = segment.id === "SPM" ? segment.get(11) : undefined;
  // Two without an identifier are two.
  const several = before !== undefined && (before.several || before.id !== id || id === "");
  const written = before?.written ?? [];
  return {
    id: several ? "" : id,
    several,
    written: written.length > mostWritten ? written : [...written, segment.field(field)],
    control: before?.control === true || (role !== undefined && role !== "P" && role !== "U"),
    unknown: before?.unknown === true || role === "U",
  };
}

function isResult(obx: Segment, { skipTypes, reportable }: Options): boolean {
  if (skipTypes.includes(obx.get(2) ?? "")) return false;
  return reportable === "all" || obx.get(29) === "RSLT";
}

/** What a result's notes may stand behind (LAW): how the test was run, and its reagents. */
const besidesNotes = ["TCD", "INV"];

function notesAfter(segments: readonly Segment[], at: number): readonly string[] {
  const notes: string[] = [];
  for (let i = at + 1; i < segments.length; i++) {
    const segment = segments[i];
    if (segment?.id === "NTE") notes.push(segment.get(3) ?? "");
    else if (!besidesNotes.includes(segment?.id ?? "")) break;
  }
  return notes;
}

function read(obx: Segment, notes: readonly string[], above: Above, options: Options, span: Span): Finding {
  const { header, person, specimen, container, order, orders } = above;
  const own = timeOf(obx, order);
  const time = own ?? stampOf(header?.get(7));
  const tooMany = [specimen, container].some((some) => some !== undefined && some.written.length > mostWritten);
  const mayRecur = tooMany || (time !== undefined && own?.local === undefined);
  const status = statusOf(obx, order);
  const flags = obx.tree(8).map((repetition) => repetition[0]?.[0] ?? "");
  const allFlags = [...flags, ...(options.notes === "flags" ? notes : [])].filter((flag) => flag !== "");
  const reported: ReportedSubject = {
    ...given("patient", options.patient === "none" ? "" : idAt(options.patient, above)),
    ...given("specimen", specimenOf(above, options)),
    ...given("operator", text(obx, 16)),
  };
  return {
    ...measured(obx, order, options),
    kind: kindOf(above, options),
    ...(order === undefined ? {} : { group: `order ${orders}` }),
    ...(time === undefined ? {} : { deviceTime: time }),
    ...(Object.keys(reported).length === 0 ? {} : { reported }),
    status,
    ...(allFlags.length === 0 ? {} : { flags: allFlags }),
    identity: JSON.stringify([
      header?.field(3) ?? "",
      header?.field(4) ?? "",
      person?.field(2) ?? "",
      person?.field(3) ?? "",
      specimen?.written.join("~") ?? "",
      container?.written.join("~") ?? "",
      order?.field(3) ?? "",
      order?.field(4) ?? "",
      obx.field(3),
      obx.field(4),
      obx.field(5),
      own?.text ?? "",
      status,
    ]),
    ...(mayRecur ? { mayRecur } : {}),
    span,
  };
}

/** Channel, value and unit, of the closed lists that the profile gives. */
function measured(
  obx: Segment,
  order: Segment | undefined,
  options: Options,
): Pick<Finding, "channel" | "value" | "unit"> {
  const code = text(obx, 3, options.code);
  const unit = text(obx, 6);
  const value = readValue(obx, statusCode(obx, order), options);
  const units = Object.hasOwn(options.tests, code) ? options.tests[code] : undefined;
  const said = `${value.kind === "number" ? (value.bound ?? "") : ""}${value.text ?? ""}${unit === "" ? "" : ` ${unit}`}`;
  if (units === undefined) return { channel: OTHER, value: { kind: "text", text: `${obx.field(3)}: ${said}` } };
  if (unit === "") return { channel: code, value };
  if (units.includes(unit)) return { channel: code, value, unit };
  return { channel: code, value: { kind: "text", text: said } };
}

/** MSH-11, OBR-4 and SPM-11 (table 0369) say what was measured; of roles, P alone is a patient's. */
function kindOf({ header, order, specimen }: Above, { controlOrders, unknownRole }: Options): ReadingKind {
  const processing = header?.get(11);
  if (processing === "Q" || controlOrders.includes(order?.get(4) ?? "")) return "control";
  if (specimen?.control || (specimen?.unknown && unknownRole === "control")) return "control";
  return processing === "T" || processing === "D" ? "demo" : "patient";
}

/** Analysed (OBX-19), else observed (OBX-14), else the order's (OBR-7). */
function timeOf(obx: Segment, order: Segment | undefined): DeviceTime | undefined {
  return stampOf(obx.get(19) ?? obx.get(14) ?? order?.get(7));
}

/** OBX-11, and where it is empty the order's OBR-25. */
function statusCode(obx: Segment, order: Segment | undefined): string {
  return obx.get(11) ?? order?.get(25) ?? "F";
}

/** Table 0085. A letter that says "not verified" is no final result. */
function statusOf(obx: Segment, order: Segment | undefined): ResultStatus {
  switch (statusCode(obx, order)) {
    case "F":
    case "X":
      return "final";
    case "C":
      return "corrected";
    case "P":
    case "S":
    case "I":
      return "preliminary";
    default:
      return "unverified";
  }
}

/** The first place that names a specimen. One that names several names none, and neither does any place after it. */
function specimenOf(above: Above, { specimen: places }: Options): string {
  const { specimen, container } = above;
  for (const place of places) {
    // Where there are several specimens, nothing tells which of them is in the container.
    const named = { "SPM-2": [specimen], "SAC-3": [specimen, container] }[place as string] ?? [];
    if (named.some((some) => some?.several)) return "";
    const id = idAt(place, above);
    if (id !== "") return id;
  }
  return "";
}

function idAt(place: Options["specimen"][number], { person, specimen, container, order }: Above): string {
  switch (place) {
    case "SPM-2":
      return specimen?.id ?? "";
    case "SAC-3":
      return container?.id ?? "";
    case "OBR-2":
      return text(order, 2);
    case "OBR-3":
      return text(order, 3);
    case "PID-2":
      return text(person, 2);
    case "PID-3":
      return text(person, 3);
    default:
      return place satisfies never;
  }
}

/** A component's first part, without padding; HL7's null is nothing. */
function text(segment: Segment | undefined, field: number, component = 1): string {
  const found = segment?.get(field, component)?.trim() ?? "";
  return found === '""' ? "" : found;
}

function given<K extends string>(key: K, value: string): { [P in K]?: string } {
  return value === "" ? {} : ({ [key]: value } as { [P in K]?: string });
}
