import { attribute, objectClass, type Specialization, scada } from "./nomenclature.ts";
import { Reader, unsigned } from "./reader.ts";

/** An attribute with its value, or with the value's length. */
export interface Attribute {
  readonly id: number;
  readonly value: Uint8Array;
}

/** No object has so many attributes, in its map or in a report. */
export const mostAttributes = 64;

/** What an agent has said of one of its objects. */
export interface AgentObject {
  readonly class: number;
  readonly partition: number;
  readonly type: number;
  /** The parts of a compound value, by type. */
  readonly parts: readonly number[];
  readonly unit: number;
  /** What a fixed-format report of this object holds, in order. */
  readonly fields: readonly { readonly id: number; readonly length: number }[];
}

/** The objects of an agent by handle. */
export type Configuration = ReadonlyMap<number, AgentObject>;

/** Reads a configuration report's contents; nothing where they break the protocol. */
export function readConfiguration(
  body: Uint8Array,
): { readonly id: number; readonly objects: Configuration } | undefined {
  const reader = new Reader(body);
  const id = reader.unsigned(2);
  let sound = true;
  const objects = reader.list((entry) => {
    const of = entry.unsigned(2);
    const handle = entry.unsigned(2);
    const object = objectOf(of, readAttributes(entry));
    sound &&= object !== undefined;
    return [handle, object ?? standardOf(0, 0, [], [])] as const;
  });
  if (!reader.sound || !sound || objects.length === 0) return undefined;
  const byHandle = new Map(objects);
  return byHandle.size === objects.length ? { id, objects: byHandle } : undefined;
}

/** A list of attributes with their values. */
export function readAttributes(reader: Reader): readonly Attribute[] {
  return reader.list((entry) => ({ id: entry.unsigned(2), value: entry.octets() }));
}

function objectOf(of: number, attributes: readonly Attribute[]): AgentObject | undefined {
  const value = (id: number) => attributes.find((one) => one.id === id)?.value;
  const type = new Reader(value(attribute.type) ?? new Uint8Array(4));
  const unit = new Reader(value(attribute.unit) ?? new Uint8Array(2));
  const parts = new Reader(value(attribute.physioList) ?? new Uint8Array(4));
  const map = new Reader(value(attribute.valueMap) ?? new Uint8Array(4));
  const object = {
    class: of,
    partition: type.unsigned(2),
    type: type.unsigned(2),
    parts: parts.list((entry) => entry.unsigned(2)),
    unit: unit.unsigned(2),
    fields: map.list((entry) => ({ id: entry.unsigned(2), length: entry.unsigned(2) })),
  };
  const sound = type.sound && unit.sound && parts.sound && map.sound && object.fields.length <= mostAttributes;
  return sound ? { ...object, parts: object.parts.length > 0 ? object.parts : usualParts(object.type) } : undefined;
}

/** A blood pressure that does not name its parts has systolic, diastolic and mean, in this order. */
function usualParts(type: number): readonly number[] {
  return type === bloodPressure ? [18949, 18950, 18951] : [];
}

const bloodPressure = 18948;
const stamped = { id: attribute.timeStamp, length: 8 };
const basic = [{ id: attribute.basicValue, length: 2 }, stamped];
const simple = [{ id: attribute.simpleValue, length: 4 }, stamped];
const triple = [{ id: attribute.compoundBasicValue, length: 10 }, stamped];

function standardOf(type: number, unit: number, parts: readonly number[], fields: AgentObject["fields"]): AgentObject {
  return { class: objectClass.numeric, partition: scada, type, unit, parts, fields };
}

/** The standard configuration of each specialisation, which an agent names and does not report. */
export const standardConfigurations: Readonly<
  Record<Specialization, { readonly id: number; readonly objects: Configuration }>
> = {
  "blood-pressure": {
    id: 0x02bc,
    objects: new Map([
      [1, standardOf(bloodPressure, 3872, usualParts(bloodPressure), triple)],
      [2, standardOf(18474, 2720, [], basic)],
    ]),
  },
  "pulse-oximeter": {
    id: 0x0190,
    objects: new Map([
      [1, standardOf(19384, 544, [], basic)],
      [10, standardOf(18458, 2720, [], basic)],
    ]),
  },
  "weighing-scale": { id: 0x05dc, objects: new Map([[1, standardOf(57664, 1731, [], simple)]]) },
  "glucose-meter": { id: 0x06a4, objects: new Map([[1, standardOf(29112, 2130, [], basic)]]) },
};

/** A value's number where an attribute holds one of two bytes. */
export function codeOf(value: Uint8Array | undefined): number | undefined {
  return value?.length === 2 ? unsigned(value) : undefined;
}
