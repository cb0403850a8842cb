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
const examined = "LOINC; as instruments name it in their own messages; Taiwan's FHIR guide of health examinations";
const strip = "LOINC; loinc.org, urinalysis dipstick panel 24357-6";

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
  "61006-3": {
    display: "Perfusion index by pulse oximetry",
    property: "fraction",
    // Its LOINC property is VelRto; whoever maps to it sends percent.
    source: "LOINC; HealthKitOnFHIR's mapping of Apple's perfusion index; public projects' lists of vital signs",
    verified: true,
  },
  "85354-9": { display: "Blood pressure panel", source: fhir, verified: true },
  "8480-6": { display: "Systolic blood pressure", property: "pressure", source: fhir, verified: true },
  "8462-4": { display: "Diastolic blood pressure", property: "pressure", source: fhir, verified: true },
  "8478-0": { display: "Mean blood pressure", property: "pressure", source: core, verified: true },
  "8310-5": { display: "Body temperature", property: "temperature", source: fhir, verified: true },
  "29463-7": { display: "Body weight", property: "mass", source: fhir, verified: true },
  "8302-2": { display: "Body height", property: "length", source: fhir, verified: true },
  "39156-5": { display: "Body mass index", property: "body-mass-index", source: fhir, verified: true },
  "41982-0": { display: "Percentage of body fat", property: "fraction", source: lists, verified: true },

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
  "66441-7": {
    display: "Beta hydroxybutyrate, blood by test strip",
    property: "substance-concentration",
    // A second list has it for the same substance, but says neither specimen nor unit.
    source: "LOINC; a hospital laboratory's list, for Abbott's ketone strip",
    verified: false,
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

  "6690-2": { display: "Leukocytes", property: "number-concentration", source: lists, verified: true },
  "789-8": { display: "Erythrocytes", property: "number-concentration", source: lists, verified: true },
  "718-7": { display: "Hemoglobin", property: "mass-concentration", source: lists, verified: true },
  "4544-3": { display: "Hematocrit", property: "fraction", source: lists, verified: true },
  "787-2": { display: "Mean corpuscular volume", property: "entitic-volume", source: lists, verified: true },
  "785-6": { display: "Mean corpuscular hemoglobin", property: "entitic-mass", source: lists, verified: true },
  "786-4": {
    display: "Mean corpuscular hemoglobin concentration",
    property: "mass-concentration",
    source: lists,
    verified: true,
  },
  "777-3": { display: "Platelets", property: "number-concentration", source: lists, verified: true },
  "788-0": { display: "Erythrocyte distribution width, ratio", property: "fraction", source: lists, verified: true },
  "21000-5": { display: "Erythrocyte distribution width", property: "entitic-volume", source: lists, verified: true },
  "32623-1": { display: "Platelet mean volume", property: "entitic-volume", source: lists, verified: true },
  "32207-3": { display: "Platelet distribution width", property: "entitic-volume", source: lists, verified: true },
  "751-8": { display: "Neutrophils", property: "number-concentration", source: lists, verified: true },
  "731-0": { display: "Lymphocytes", property: "number-concentration", source: lists, verified: true },
  "742-7": { display: "Monocytes", property: "number-concentration", source: lists, verified: true },
  "711-2": { display: "Eosinophils", property: "number-concentration", source: lists, verified: true },
  "704-7": { display: "Basophils", property: "number-concentration", source: lists, verified: true },
  "770-8": { display: "Neutrophils, share of leukocytes", property: "fraction", source: lists, verified: true },
  "736-9": { display: "Lymphocytes, share of leukocytes", property: "fraction", source: examined, verified: true },
  "5905-5": { display: "Monocytes, share of leukocytes", property: "fraction", source: examined, verified: true },
  "713-8": { display: "Eosinophils, share of leukocytes", property: "fraction", source: examined, verified: true },
  "706-2": { display: "Basophils, share of leukocytes", property: "fraction", source: examined, verified: true },

  "2951-2": { display: "Sodium, serum or plasma", property: "substance-concentration", source: lists, verified: true },
  "2823-3": {
    display: "Potassium, serum or plasma",
    property: "substance-concentration",
    source: lists,
    verified: true,
  },
  "2075-0": {
    display: "Chloride, serum or plasma",
    property: "substance-concentration",
    source: lists,
    verified: true,
  },
  "2341-6": {
    display: "Glucose, blood by test strip, manual",
    property: "mass-concentration",
    source: "LOINC; loinc.org, group LG7967-5; as instruments name it in their own messages",
    verified: true,
  },

  "25428-4": { display: "Glucose, urine by test strip", source: strip, verified: true },
  "5770-3": {
    display: "Bilirubin, urine by test strip",
    source: "LOINC; Taiwan's FHIR guide of health examinations; public projects' lists",
    verified: true,
  },
  "2514-8": { display: "Ketones, urine by test strip", source: strip, verified: true },
  "5811-5": { display: "Specific gravity, urine by test strip", source: strip, verified: true },
  "5803-2": { display: "pH, urine by test strip", source: strip, verified: true },
  "20454-5": { display: "Protein, urine by test strip", source: strip, verified: true },
  "5802-4": { display: "Nitrite, urine by test strip", source: strip, verified: true },
  "5794-3": { display: "Hemoglobin, urine by test strip", source: strip, verified: true },
  "5799-2": { display: "Leukocyte esterase, urine by test strip", source: strip, verified: true },
  "20405-7": { display: "Urobilinogen, urine by test strip", source: strip, verified: true },
} as const satisfies Record<string, LoincEntry>;
