import type { Hl7SinkConfig } from "../../config/site.ts";
import type { ComponentList } from "../../hl7/build.ts";
import type { Code } from "../../model/observation.ts";
import type { Quantity } from "../../model/quantity.ts";

export type CodeOrder = Hl7SinkConfig["hl7"]["codes"];

/** OBX-3: the code asked for first, the other as its alternate; the instrument's own name as a local code without both. */
export function codedElement(code: Code, first: CodeOrder): ComponentList {
  const loinc = code.loinc === undefined ? [] : [code.loinc, code.display, "LN"];
  const mdc = code.mdc === undefined ? [] : [String(code.mdc), referenceIds.get(code.mdc) ?? code.display, "MDC"];
  const both = first === "loinc" ? [...loinc, ...mdc] : [...mdc, ...loinc];
  return both.length > 0 ? both : [code.channel, code.display, "L"];
}

/**
 * OBX-6: UCUM, its code as its text too, after the MDC unit where MDC comes first and has one. The instrument's own word
 * has no place in it: a scale writes `m` for metric beside its kilograms, and a receiver shows the text.
 */
export function unitElement({ unit }: Quantity, first: CodeOrder): ComponentList | undefined {
  if (unit === "") return undefined;
  const ucum = [unit, unit, "UCUM"];
  const mdc = first === "mdc" ? mdcUnits[unit] : undefined;
  return mdc === undefined ? ucum : [...mdc, "MDC", ...ucum];
}

/** What was measured together, OBR-4: the blood pressure panel, the one measurement, or monitoring as such. */
export function panelElement(codes: readonly Code[], first: CodeOrder): ComponentList {
  const [only, ...others] = codes;
  if (only !== undefined && others.length === 0) return codedElement(only, first);
  if (first === "loinc" && codes.every(({ loinc }) => loinc !== undefined && pressures.includes(loinc))) {
    return ["85354-9", "Blood pressure panel", "LN"];
  }
  return ["182777000", "monitoring of patient", "SCT"];
}

/** LOINC of systolic, diastolic and mean pressure, the members of panel 85354-9 that instruments measure. */
const pressures: readonly string[] = ["8480-6", "8462-4", "8478-0"];

/** Reference ids of IEEE 11073-10101, the names by which MDC codes are known. */
const referenceIds: ReadonlyMap<number, string> = new Map([
  [147842, "MDC_ECG_HEART_RATE"],
  [149530, "MDC_PULS_OXIM_PULS_RATE"],
  [149546, "MDC_PULS_RATE_NON_INV"],
  [150021, "MDC_PRESS_BLD_NONINV_SYS"],
  [150022, "MDC_PRESS_BLD_NONINV_DIA"],
  [150023, "MDC_PRESS_BLD_NONINV_MEAN"],
  [150344, "MDC_TEMP"],
  [150364, "MDC_TEMP_BODY"],
  [150456, "MDC_PULS_OXIM_SAT_O2"],
  [150488, "MDC_BLD_PERF_INDEX"],
  [151562, "MDC_RESP_RATE"],
  [151578, "MDC_TTHOR_RESP_RATE"],
  [160184, "MDC_CONC_GLU_CAPILLARY_WHOLEBLOOD"],
  [188496, "MDC_TEMP_AXIL"],
  [188736, "MDC_MASS_BODY_ACTUAL"],
  [188740, "MDC_LEN_BODY_ACTUAL"],
  [188752, "MDC_RATIO_MASS_BODY_LEN_SQ"],
]);

/** MDC units that mean exactly what the UCUM unit does. `/min` is left out: MDC tells beats from breaths. */
const mdcUnits: Readonly<Partial<Record<string, readonly [string, string]>>> = {
  "{beats}/min": ["264864", "MDC_DIM_BEAT_PER_MIN"],
  "%": ["262688", "MDC_DIM_PERCENT"],
  "mm[Hg]": ["266016", "MDC_DIM_MMHG"],
  Cel: ["268192", "MDC_DIM_DEGC"],
  kg: ["263875", "MDC_DIM_KILO_G"],
  cm: ["263441", "MDC_DIM_CENTI_M"],
  "kg/m2": ["264096", "MDC_DIM_KG_PER_M_SQ"],
  "mg/dL": ["264274", "MDC_DIM_MILLI_G_PER_DL"],
};
