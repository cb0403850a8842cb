import type { TableEntry } from "./entry.ts";

/** What a unit measures: a code that stands for one of these must not carry a unit of another. */
export type Property =
  | "pressure"
  | "rate"
  | "fraction"
  | "temperature"
  | "mass"
  | "length"
  | "body-mass-index"
  | "mass-concentration"
  | "substance-concentration"
  | "substance-fraction"
  | "mass-ratio"
  | "mass-per-substance"
  | "number-concentration"
  | "catalytic-concentration"
  | "entitic-volume"
  | "entitic-mass"
  | "number";

export interface UcumEntry extends TableEntry {
  readonly property: Property;
}

const national = "UCUM 2.1; Danish core profiles, UCUM-BasicUnits";
const protocol = "UCUM 2.1; HL7 ORU examples of vendors (OBX-6)";
const lists = "UCUM 2.1; HL7 implementation guides' and public projects' UCUM lists";
const laboratory = "UCUM 2.1; examples of HL7 Switzerland's FHIR guides (laboratory report, pregnancy record)";

/**
 * The UCUM units that profiles may map to. Case counts in UCUM: `Cel`, `mm[Hg]`, `mmol/L`.
 */
export const ucumUnits = {
  "mm[Hg]": { display: "mmHg", property: "pressure", source: national, verified: true },
  kPa: { display: "kPa", property: "pressure", source: lists, verified: true },
  "/min": { display: "/min", property: "rate", source: national, verified: true },
  "{beats}/min": { display: "beats/min", property: "rate", source: protocol, verified: true },
  "%": { display: "%", property: "fraction", source: national, verified: true },
  Cel: { display: "°C", property: "temperature", source: national, verified: true },
  "[degF]": { display: "°F", property: "temperature", source: national, verified: true },
  kg: { display: "kg", property: "mass", source: national, verified: true },
  g: { display: "g", property: "mass", source: national, verified: true },
  "[lb_av]": { display: "lb", property: "mass", source: national, verified: true },
  "[oz_av]": { display: "oz", property: "mass", source: lists, verified: true },
  cm: { display: "cm", property: "length", source: national, verified: true },
  m: { display: "m", property: "length", source: lists, verified: true },
  "[in_i]": { display: "in", property: "length", source: national, verified: true },
  "kg/m2": { display: "kg/m²", property: "body-mass-index", source: national, verified: true },
  "mg/dL": { display: "mg/dL", property: "mass-concentration", source: protocol, verified: true },
  "mg/L": { display: "mg/L", property: "mass-concentration", source: lists, verified: true },
  "g/dL": { display: "g/dL", property: "mass-concentration", source: protocol, verified: true },
  "g/L": { display: "g/L", property: "mass-concentration", source: lists, verified: true },
  "mmol/L": { display: "mmol/L", property: "substance-concentration", source: protocol, verified: true },
  "umol/L": { display: "µmol/L", property: "substance-concentration", source: lists, verified: true },
  "mmol/mol": { display: "mmol/mol", property: "substance-fraction", source: lists, verified: true },
  "mg/g": { display: "mg/g", property: "mass-ratio", source: lists, verified: true },
  "mg/mmol": { display: "mg/mmol", property: "mass-per-substance", source: lists, verified: true },
  "1": { display: "", property: "number", source: lists, verified: true },
  "10*3/uL": { display: "10³/µL", property: "number-concentration", source: lists, verified: true },
  "10*6/uL": { display: "10⁶/µL", property: "number-concentration", source: lists, verified: true },
  "10*9/L": { display: "10⁹/L", property: "number-concentration", source: lists, verified: true },
  "10*12/L": { display: "10¹²/L", property: "number-concentration", source: lists, verified: true },
  fL: { display: "fL", property: "entitic-volume", source: laboratory, verified: true },
  pg: { display: "pg", property: "entitic-mass", source: laboratory, verified: true },
  "U/L": { display: "U/L", property: "catalytic-concentration", source: laboratory, verified: true },
} as const satisfies Record<string, UcumEntry>;
