import type { TableEntry } from "./entry.ts";

export interface MdcEntry extends TableEntry {
  /** Reference identifier of IEEE 11073-10101. */
  readonly refid: string;
}

const core = "IEEE 11073-10101; Danish core profiles, IEEE basic observations";
const messages = "IEEE 11073-10101; HL7 messages of GE, Mindray and Comen monitors";
const phd = "IEEE 11073-10101; 11073-10417 term code 29112 in partition 2 (SCADA)";

/**
 * IEEE 11073 codes, context-free (partition x 65,536 + term code). Axillary temperature is 188452 MDC_TEMP_AXILLA: a
 * monitor's 188496 MDC_TEMP_AXIL stands in no second source and is left out.
 */
export const mdcCodes = {
  147842: { refid: "MDC_ECG_HEART_RATE", display: "Heart rate (ECG)", source: core, verified: true },
  149514: { refid: "MDC_PULS_RATE", display: "Pulse rate", source: core, verified: true },
  149530: { refid: "MDC_PULS_OXIM_PULS_RATE", display: "Pulse rate (oximeter)", source: core, verified: true },
  149546: { refid: "MDC_PULS_RATE_NON_INV", display: "Pulse rate (non-invasive)", source: core, verified: true },
  150020: { refid: "MDC_PRESS_BLD_NONINV", display: "Blood pressure (non-invasive)", source: core, verified: true },
  150021: { refid: "MDC_PRESS_BLD_NONINV_SYS", display: "Systolic pressure", source: core, verified: true },
  150022: { refid: "MDC_PRESS_BLD_NONINV_DIA", display: "Diastolic pressure", source: core, verified: true },
  150023: { refid: "MDC_PRESS_BLD_NONINV_MEAN", display: "Mean pressure", source: core, verified: true },
  150301: { refid: "MDC_PRESS_CUFF_SYS", display: "Cuff systolic pressure", source: messages, verified: false },
  150302: { refid: "MDC_PRESS_CUFF_DIA", display: "Cuff diastolic pressure", source: messages, verified: false },
  150303: { refid: "MDC_PRESS_CUFF_MEAN", display: "Cuff mean pressure", source: messages, verified: false },
  150344: { refid: "MDC_TEMP", display: "Temperature", source: messages, verified: true },
  150364: { refid: "MDC_TEMP_BODY", display: "Body temperature", source: core, verified: true },
  150456: { refid: "MDC_PULS_OXIM_SAT_O2", display: "Oxygen saturation", source: core, verified: true },
  150488: { refid: "MDC_BLD_PERF_INDEX", display: "Perfusion index", source: messages, verified: true },
  151562: { refid: "MDC_RESP_RATE", display: "Respiratory rate", source: core, verified: true },
  151578: { refid: "MDC_TTHOR_RESP_RATE", display: "Respiratory rate (impedance)", source: core, verified: true },
  160184: {
    refid: "MDC_CONC_GLU_CAPILLARY_WHOLEBLOOD",
    display: "Glucose, capillary whole blood",
    source: phd,
    verified: true,
  },
  188420: { refid: "MDC_TEMP_RECT", display: "Rectal temperature", source: core, verified: true },
  188424: { refid: "MDC_TEMP_ORAL", display: "Oral temperature", source: core, verified: true },
  188428: { refid: "MDC_TEMP_EAR", display: "Ear temperature", source: core, verified: true },
  188452: { refid: "MDC_TEMP_AXILLA", display: "Axillary temperature", source: core, verified: true },
  188736: { refid: "MDC_MASS_BODY_ACTUAL", display: "Body weight", source: core, verified: true },
  188740: { refid: "MDC_LEN_BODY_ACTUAL", display: "Body height", source: core, verified: true },
  188752: { refid: "MDC_RATIO_MASS_BODY_LEN_SQ", display: "Body mass index", source: core, verified: true },
} as const satisfies Record<number, MdcEntry>;
