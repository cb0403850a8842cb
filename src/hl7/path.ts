/**
 * Where a value stands, as HL7 people write it: `PID-3`, `PID-3.4`, `PID-3[2].4.1`, `OBX[3]-5`. Everything counts from
 * 1, and what is left out is 1.
 */
export type Path = `${string}-${number}${string}`;

export interface Place {
  readonly segment: string;
  readonly occurrence: number;
  readonly field: number;
  readonly repetition: number;
  readonly component: number;
  readonly subcomponent: number;
}

const syntax =
  /^([A-Z][A-Z0-9]{2})(?:\[([1-9]\d*)\])?-([1-9]\d*)(?:\[([1-9]\d*)\])?(?:\.([1-9]\d*))?(?:\.([1-9]\d*))?$/;

/** Reads a path. Throws a RangeError on anything else, for a path is written by a programmer. */
export function parsePath(path: string): Place {
  const match = syntax.exec(path);
  if (match === null) throw new RangeError(`not an HL7 path: ${path}`);
  const [, segment = "", occurrence = 1, field, repetition = 1, component = 1, subcomponent = 1] = match;
  return {
    segment,
    occurrence: Number(occurrence),
    field: Number(field),
    repetition: Number(repetition),
    component: Number(component),
    subcomponent: Number(subcomponent),
  };
}
