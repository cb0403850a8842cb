import type { TableEntry } from "./entry.ts";
import type { Property } from "./ucum.ts";

export interface LoincEntry extends TableEntry {
  /** What a unit sent with this code must measure; none for a panel, which has no value. */
  readonly property?: Property;
}

const fhir = "LOINC; HL7 FHIR vital signs";
const core = "LOINC; Danish core profiles, LOINC basic observations";
const loinc = "LOINC; loinc.org";
const hba1c = "LOINC; HL7 Vulcan HbA1c value set";
const lists = "LOINC; agreeing lists of several public projects";

/**
 * The LOINC codes that profiles may name, each with the property of its term. Where one instrument can report in units
 * of two properties (mg/dL and mmol/L), two terms are needed: see `loincByUnit` of a profile's channel.
 */
export const loincCodes = {
  "8867-4": { display: "Heart rate", property: "rate", source: fhir, verified: true },
  "8889-8": { display: "Heart rate by pulse oximetry", property: "rate", source: lists, verified: true },
  "9279-1": { display: "Respiratory rate", property: "rate", source: fhir, verified: true },
  "2708-6": { display: "Oxygen saturation, arterial", property: "fraction", source: fhir, verified: true },
  "59408-5": { display: "Oxygen saturation by pulse oximetry", property: "fraction", source: core, verified: true },
  "85354-9": { display: "Blood pressure panel", source: fhir, verified: true },
  "8480-6": { display: "Systolic blood pressure", property: "pressure", source: fhir, verified: true },
  "8462-4": { display: "Diastolic blood pressure", property: "pressure", source: fhir, verified: true },
  "8478-0": { display: "Mean blood pressure", property: "pressure", source: core, verified: true },
  "8310-5": { display: "Body temperature", property: "temperature", source: fhir, verified: true },
  "29463-7": { display: "Body weight", property: "mass", source: fhir, verified: true },
  "8302-2": { display: "Body height", property: "length", source: fhir, verified: true },
  "39156-5": { display: "Body mass index", property: "body-mass-index", source: fhir, verified: true },

  "41653-7": {
    display: "Glucose, capillary blood by glucometer",
    property: "mass-concentration",
    source: lists,
    verified: true,
  },
  "14743-9": {
    display: "Glucose, capillary blood by glucometer",
    property: "substance-concentration",
    source: lists,
    verified: true,
  },
  "2339-0": { display: "Glucose, blood", property: "mass-concentration", source: loinc, verified: true },
  "15074-8": { display: "Glucose, blood", property: "substance-concentration", source: lists, verified: true },
  "2345-7": { display: "Glucose, serum or plasma", property: "mass-concentration", source: loinc, verified: true },

  "4548-4": { display: "Hemoglobin A1c", property: "fraction", source: hba1c, verified: true },
  "59261-8": { display: "Hemoglobin A1c (IFCC)", property: "substance-fraction", source: loinc, verified: true },
  "27353-2": {
    display: "Estimated average glucose",
    property: "mass-concentration",
    source: lists,
    verified: true,
  },
  "1754-1": { display: "Albumin, urine", property: "mass-concentration", source: lists, verified: true },
  "14957-5": {
    display: "Albumin, urine (low detection limit)",
    property: "mass-concentration",
    source: lists,
    verified: true,
  },
  "2161-8": { display: "Creatinine, urine", property: "mass-concentration", source: lists, verified: true },
  "14683-7": { display: "Creatinine, urine", property: "substance-concentration", source: lists, verified: true },
  "9318-7": { display: "Albumin/creatinine, urine", property: "mass-ratio", source: lists, verified: true },
  "14959-1": {
    display: "Albumin/creatinine, urine (low detection limit)",
    property: "mass-ratio",
    source: lists,
    verified: true,
  },
  "1988-5": { display: "C-reactive protein", property: "mass-concentration", source: lists, verified: true },
  "2093-3": { display: "Cholesterol", property: "mass-concentration", source: lists, verified: true },
  "2085-9": { display: "HDL cholesterol", property: "mass-concentration", source: lists, verified: true },
  "13457-7": {
    display: "LDL cholesterol by calculation",
    property: "mass-concentration",
    source: lists,
    verified: true,
  },
  "2571-8": { display: "Triglycerides", property: "mass-concentration", source: lists, verified: true },
} as const satisfies Record<string, LoincEntry>;
