import type { Finding, Span, WireValue } from "../../src/driver-kit/contract.ts";
import type { DeviceTime } from "../../src/model/times.ts";
import { type AgentObject, type Attribute, type Configuration, codeOf, mostAttributes } from "./configuration.ts";
import { attribute, measured, objectClass, type Specialization, scada, type Term } from "./nomenclature.ts";
import { numberText, wireValue } from "./numbers.ts";
import { hex, Reader, unsigned } from "./reader.ts";
import type { Observed } from "./scan-report.ts";
import { deviceTime } from "./time.ts";

/** What is reported for whatever is not a plain value of this kind of device: known to nobody, so held. */
const other = "other";

/** No device has so many enumerations; each of them goes along with every value. */
const mostStates = 64;

/** What all findings of one report share. */
export interface Origin {
  readonly specialization: Specialization;
  readonly configuration: Configuration;
  /** The agent's system id, in hexadecimal. */
  readonly systemId: string;
  readonly span: Span;
}

/** The values of a report; nothing where one of them breaks the protocol. */
export function findingsOf(report: readonly Observed[], origin: Origin): readonly Finding[] | undefined {
  const states = report.flatMap((observed) => stateOf(observed, origin.configuration));
  if (states.length > mostStates) return undefined;
  const all: Finding[] = [];
  for (const observed of report) {
    const object = origin.configuration.get(observed.handle);
    const stamp = observed.attributes.find(({ id }) => id === attribute.timeStamp)?.value;
    const time = stamp === undefined ? undefined : deviceTime(stamp);
    if (stamp !== undefined && time === undefined) return undefined;
    if (object?.class === objectClass.enumeration) continue;
    const values = valuesOf(observed, object);
    if (values === undefined) return undefined;
    const person = observed.person === undefined ? [] : [`person ${observed.person}`];
    const flags = [...person, ...states];
    for (const value of values)
      all.push({
        ...said(value, observed, object, origin.specialization),
        kind: "patient",
        group: [time?.text ?? "", ...person].join(" "),
        ...(time === undefined ? {} : { deviceTime: time }),
        ...(time?.local === undefined ? {} : { identity: identityOf(origin.systemId, time, person) }),
        ...(flags.length > 0 ? { flags } : {}),
        span: origin.span,
      });
  }
  return all;
}

/**
 * An agent sends what was not acknowledged again, in the next association. A clock that is not set tells no two readings
 * apart, so those have no identity: one that comes twice is seen, one that is lost is not.
 */
function identityOf(systemId: string, time: DeviceTime, person: readonly string[]): string {
  return [systemId, time.text, ...person].join(" ");
}

interface Part {
  readonly type: number | undefined;
  readonly value: Uint8Array;
}

/** The one value of an object, or the parts of a compound one. */
function valuesOf({ attributes }: Observed, object: AgentObject | undefined): readonly Part[] | undefined {
  const parts: Part[] = [];
  for (const { id, value } of attributes) {
    switch (id) {
      case attribute.basicValue:
      case attribute.simpleValue:
        if (value.length !== widthOf(id)) return undefined;
        parts.push({ type: object?.type, value });
        break;
      case attribute.compoundBasicValue:
      case attribute.compoundSimpleValue: {
        const reader = new Reader(value);
        const values = reader.list((entry) => entry.bytes(widthOf(id)));
        const parted = object?.parts.length ?? 0;
        if (!reader.sound || values.length > mostAttributes || (parted > 0 && values.length !== parted))
          return undefined;
        parts.push(...values.map((one, i) => ({ type: object?.parts[i], value: one })));
        break;
      }
    }
  }
  return parts;
}

function widthOf(id: number): 2 | 4 {
  return id === attribute.basicValue || id === attribute.compoundBasicValue ? 2 : 4;
}

/** A plain value of a known type in a known unit, or a text that says all there is. */
function said(
  { type, value }: Part,
  { handle, attributes }: Observed,
  object: AgentObject | undefined,
  specialization: Specialization,
): { readonly channel: string; readonly value: WireValue; readonly unit?: string } {
  const find = (id: number) => attributes.find((one) => one.id === id)?.value;
  const unitCode = codeOf(find(attribute.unit)) ?? object?.unit ?? 0;
  const status = find(attribute.measurementStatus);
  const terms: Readonly<Record<number, Term>> = measured[specialization];
  const term = object?.partition === scada && type !== undefined ? terms[type] : undefined;
  const unit = term?.units[unitCode];
  const plain = status === undefined || unsigned(status) === 0;
  if (term !== undefined && unit !== undefined && plain) return { channel: term.name, value: wireValue(value), unit };
  const words = [
    term?.name ?? `type ${object?.partition ?? "?"}:${type ?? "?"} of object ${handle}`,
    numberText(value),
    unit ?? `unit ${unitCode}`,
    ...(plain || status === undefined ? [] : [`status ${hex(status)}`]),
  ];
  return { channel: other, value: { kind: "text", text: words.join(", ") } };
}

/** What an enumeration says, where it is not all zeros: verbatim, for its bits are not known here. */
function stateOf({ handle, attributes }: Observed, configuration: Configuration): readonly string[] {
  if (configuration.get(handle)?.class !== objectClass.enumeration) return [];
  const isState = ({ id, value }: Attribute) => id !== attribute.timeStamp && value.some((byte) => byte !== 0);
  return attributes.filter(isState).map(({ value }) => `object ${handle}: ${hex(value)}`);
}
