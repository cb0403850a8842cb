import type { AgentEvent } from "./apdu.ts";
import { type Attribute, type Configuration, mostAttributes, readAttributes } from "./configuration.ts";
import { event } from "./nomenclature.ts";
import { Reader } from "./reader.ts";

/** What a report says of one object at one time. */
export interface Observed {
  readonly handle: number;
  /** The number of a user of the device, where it tells its users apart; no identifier of a patient. */
  readonly person?: number;
  readonly attributes: readonly Attribute[];
}

/**
 * Reads a report of measurements, in any of its four formats. Nothing where it breaks the protocol or does not fit the
 * configuration: a fixed-format entry has no other lengths than those that its object was configured with.
 */
export function readScanReport(report: AgentEvent, configuration: Configuration): readonly Observed[] | undefined {
  const reader = new Reader(report.body);
  // Data request id and report number.
  reader.unsigned(2);
  reader.unsigned(2);
  let fits = true;
  const fixed = (entry: Reader): Observed => {
    const handle = entry.unsigned(2);
    const values = new Reader(entry.octets());
    const fields = configuration.get(handle)?.fields ?? [];
    const attributes = fields.map(({ id, length }) => ({ id, value: values.bytes(length) }));
    fits &&= fields.length > 0 && values.sound;
    return { handle, attributes };
  };
  const variable = (entry: Reader): Observed => ({ handle: entry.unsigned(2), attributes: readAttributes(entry) });
  const byPerson = (read: (entry: Reader) => Observed) => (entry: Reader) => {
    const person = entry.unsigned(2);
    return entry.list(read).map((observed) => ({ ...observed, person }));
  };

  const all = (() => {
    switch (report.type) {
      case event.fixed:
        return reader.list(fixed);
      case event.variable:
        return reader.list(variable);
      case event.fixedByPerson:
        return reader.list(byPerson(fixed)).flat();
      case event.variableByPerson:
        return reader.list(byPerson(variable)).flat();
      default:
        return undefined;
    }
  })();
  const plausible = all?.every(({ attributes }) => attributes.length <= mostAttributes) ?? false;
  return reader.sound && fits && plausible ? all : undefined;
}
