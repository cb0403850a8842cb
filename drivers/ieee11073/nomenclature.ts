/** Term codes of IEEE 11073-10101 that the wire carries. */
export const attribute = {
  model: 2344,
  productionSpecification: 2349,
  type: 2351,
  measurementStatus: 2375,
  clock: 2439,
  timeStamp: 2448,
  unit: 2454,
  basicValue: 2636,
  valueMap: 2645,
  simpleValue: 2646,
  compoundSimpleValue: 2676,
  compoundBasicValue: 2677,
  physioList: 2678,
} as const;

export const objectClass = { enumeration: 5, numeric: 6, store: 61 } as const;

export const event = {
  configuration: 0x0d1c,
  fixed: 0x0d1d,
  variable: 0x0d1e,
  fixedByPerson: 0x0d1f,
  variableByPerson: 0x0d20,
} as const;

/** What a device of each specialisation measures, by type in partition 2 (SCADA), each with the units it may have. */
export const measured = {
  "blood-pressure": {
    18949: { name: "MDC_PRESS_BLD_NONINV_SYS", units: { 3872: "MDC_DIM_MMHG", 3843: "MDC_DIM_KILO_PASCAL" } },
    18950: { name: "MDC_PRESS_BLD_NONINV_DIA", units: { 3872: "MDC_DIM_MMHG", 3843: "MDC_DIM_KILO_PASCAL" } },
    18951: { name: "MDC_PRESS_BLD_NONINV_MEAN", units: { 3872: "MDC_DIM_MMHG", 3843: "MDC_DIM_KILO_PASCAL" } },
    18474: { name: "MDC_PULS_RATE_NON_INV", units: { 2720: "MDC_DIM_BEAT_PER_MIN" } },
  },
  "pulse-oximeter": {
    19384: { name: "MDC_PULS_OXIM_SAT_O2", units: { 544: "MDC_DIM_PERCENT" } },
    18458: { name: "MDC_PULS_OXIM_PULS_RATE", units: { 2720: "MDC_DIM_BEAT_PER_MIN" } },
  },
  "weighing-scale": {
    57664: { name: "MDC_MASS_BODY_ACTUAL", units: { 1731: "MDC_DIM_KILO_G", 1760: "MDC_DIM_LB" } },
    57668: { name: "MDC_LEN_BODY_ACTUAL", units: { 1297: "MDC_DIM_CENTI_M", 1376: "MDC_DIM_INCH" } },
    57680: { name: "MDC_RATIO_MASS_BODY_LEN_SQ", units: { 1952: "MDC_DIM_KG_PER_M_SQ" } },
  },
  "glucose-meter": {
    29112: {
      name: "MDC_CONC_GLU_CAPILLARY_WHOLEBLOOD",
      units: { 2130: "MDC_DIM_MILLI_G_PER_DL", 4722: "MDC_DIM_MILLI_MOLE_PER_L" },
    },
  },
} as const satisfies Record<string, Readonly<Record<number, Term>>>;

export type Specialization = keyof typeof measured;
export const specializations = ["blood-pressure", "pulse-oximeter", "weighing-scale", "glucose-meter"] as const;

export interface Term {
  readonly name: string;
  readonly units: Readonly<Record<number, string>>;
}

/** The vital-sign partition, in which all the types above are. */
export const scada = 2;
