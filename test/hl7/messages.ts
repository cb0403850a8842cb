/**
 * Public example messages, as their sources print them: one carriage return after each segment.
 */

function message(...segments: readonly string[]): string {
  return segments.map((segment) => `${segment}\r`).join("");
}

/** Continua blood pressure, PCD-01 (HAPI HL7v2, MessageValidatorTest). */
export const continuaBloodPressure = message(
  "MSH|^~\\&|AcmeInc^ACDE48234567ABCD^EUI-64||||20090713090030+0000||ORU^R01^ORU_R01|MSGID1234|P|2.6|||NE|AL|||||IHE PCD ORU-R01 2006^HL7^2.16.840.1.113883.9.n.m^HL7",
  "PID|||1^^^Imaginary Hospital^PI ||Doe^John^Joseph^^^^L^A|||M|||||0123456789",
  "OBR|1|AB12345^AcmeAHDInc^ACDE48234567ABCD^EUI-64|CD12345^AcmeAHDInc^ACDE48234567ABCD^EUI-64|182777000^monitoring of patient^SNOMED-CT|||20090813095715+0000",
  "OBX|1|CWE|68220^MDC_TIME_SYNC_PROTOCOL^MDC|0.0.0.1|532224^MDC_TIME_SYNC_NONE^MDC|||||R",
  "OBX|2||528391^MDC_DEV_SPEC_PROFILE_BP^MDC|1|||||||X|||||||0123456789ABCDEF^EUI-64",
  "OBX|3||150020^MDC_PRESS_BLD_NONINV^MDC|1.0.1|||||||X|||20090813095715+0000",
  "OBX|4|NM|150021^MDC_PRESS_BLD_NONINV_SYS^MDC|1.0.1.1|120|266016^MDC_DIM_MMHG^MDC|||||R",
  "OBX|5|NM|150022^MDC_PRESS_BLD_NONINV_DIA^MDC|1.0.1.2|80|266016^MDC_DIM_MMHG^MDC|||||R",
  "OBX|6|NM|150023^MDC_PRESS_BLD_NONINV_MEAN^MDC|1.0.1.3|100|266016^MDC_DIM_MMHG^MDC|||||R",
  "OBX|7|DTM|67975^MDC_ATTR_TIME_ABS^MDC|1.0.0.1|20091028123702||||||R|||20091028173702+0000",
);

/** NIST PCD pulse oximetry (sllmdilab t5, PCD_01MessageToXMLConverterTest). */
const nistOximetry = message(
  "MSH|^~\\&|SendingApplication|SendingFacility|ReceivingApplication|ReceivingFacility|20120530112345||ORU^R01^ORU_R01|9879790003|P|2.6|||NE|AL|USA|ASCII|EN^English^ISO639||IHE_PCD_ORU_R01^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO",
  "PID|||HO2009001^^^NIST^PI||Hon^Albert^^^^^L|Adams^^^^^^L|19610101|M|||15 N Saguaro^^Tucson^AZ^85701",
  "PV1||I|ICU^2^23",
  "OBR|1|||44616-1^Pulse oximetry panel ^LN|||20120512031234||||||||||||||||||F|||||||||||||||||||252465000^Pulse oximetry^SCT|7087005^Intermittent^SCT",
  "NTE|1||This comment refers to all the results in the battery",
  "OBX|1|NM|8889-8^Heart Rate by Oximetry^LN^149530^MDC_PULS_OXIM_PULS_RATE^MDC|1.11.2.3|55|{beats}/min^beats per minute^UCUM|35-125||99||R|||20120530112340|||AMEAS^auto-measurement^MDC|0123456789ABCDEF^Pulse_Oximeter_Vendor_X^0123456789ABCDEF^EUI-64||49521004^left ear structure^SCT",
  "NTE|1||This is a comment about pulse",
);

/** Vital signs in version 2.3, notes between observations, empty trailing fields (google/simhospital, messages.out). */
export const simhospitalVitals = message(
  "MSH|^~\\&|SIMHOSP|SFAC|RAPP|RFAC|20200508130645||ORU^R01|9|T|2.3|||AL||44|ASCII",
  "PID|1|80205533^^^SIMULATOR MRN^MRN|80205533^^^SIMULATOR MRN^MRN~3675656594^^^NHSNBR^NHSNMBR||Rahman^Robin^^^Mr^^CURRENT||19311002000000|M|||101 Corral Street^^Ilford^^YL14 5RT^GBR^HOME||020 2029 9147^HOME|||||||||H^Asian or Asian British - Indian^^^||||||||",
  "PV1|1|I|OtherWard^MainRoom^Bed 2^Simulated Hospital^^BED^Main Building^4|28b|||C002^Smith^Elizabeth^^^Dr^^^DRNBR^PRSNL^^^ORGDR|||SUR|||||||||6801966841769366802^^^^visitid||||||||||||||||||||||ARRIVED|||20200508130645||",
  "ORC|RE|1393021840|1904686019||CM||||20200508130645",
  "OBR|1|1393021840|1904686019|us-0005^Vital Signs^WinPath^^||20200508130645|20200508130645|||||||20200508130645||||||||20200508130645|||F||1",
  "OBX|1|TX|tt-0005-01^AVPU^LOINC^^||Alert||||||F|||20200508130645||",
  "NTE|0||Mariachi|",
  "NTE|1||Occupation|",
  "OBX|2|TX|tt-0005-14^UrineOutput^WelchAllyn^^||Yes||||||F|||20200508130645||",
  "OBX|3||tt-0005-03^InsOxy^WelchAllyn^^||28|MDC_DIM_PERCENT|20-40||||F|||20200508130645||",
  "OBX|4|NM|tt-0005-05^MDC_PRESS_BLD_NONINV_SYS^MDC^^||85.80|MDC_DIM_MMHG|70-190||||F|||20200508130645||",
  "NTE|0||Calcification former position frazzle c-clamp|",
  "OBX|5||tt-0005-10^OxyL^WelchAllyn^^||5|MDC_DIM_X_L_PER_MIN|1-15||||F|||20200508130645||",
  "OBX|6|NM|tt-0005-06^MDC_PULS_OXIM_SAT_O2^MDC^^||70.53|MDC_DIM_PERCENT|30-100||||F|||20200508130645||",
  "OBX|7||tt-0005-08^MDC_RESP_RATE^MDC^^||||10-50||||F|||20200508130645||",
  "NTE|0||Star interloper design orchestra|",
  "NTE|1||Windshield argument smock edge poppy tortellini tissue|",
  "OBX|8|NM|tt-0005-09^MDC_TEMP^MDC^^||36.37|MDC_DIM_DEGC|36-38||||F|||20200508130645||",
  "OBX|9|TX|tt-0005-11^OxygenDev^WelchAllyn^^||Venturi||||||F|||20200508130645||",
  "NTE|0||Fringe hedge draft offence major|",
  "OBX|10|TX|tt-0005-02^BowelMovement^WelchAllyn^^||Yes||||||F|||20200508130645||",
  "OBX|11|NM|tt-0005-04^MDC_PRESS_BLD_NONINV_DIA^MDC^^||86.28|MDC_DIM_MMHG|40-100||||F|||20200508130645||",
  "OBX|12|NM|tt-0005-07^MDC_PULS_RATE_NON_INV^MDC^^||122.68|MDC_DIM_BEAT_PER_MIN|50-200||||F|||20200508130645||",
  "OBX|13|NM|tt-0005-12^PAIN LEVEL^L^^||1.87|/10|1-10||||F|||20200508130645||",
  "NTE|0||Facet napkin pupa boy icecream ball canopy|",
  "OBX|14|TX|tt-0005-13^TemperatureSite^WelchAllyn^^||Axillary||||||F|||20200508130645||",
  "NTE|0||Measles century gosling ranch basement pendant capon gallon|",
);

/** IHE PCIM, an association that was wrong (IHE/publications, DEV/PCIM). */
const pcimWrongAssociation = message(
  "MSH|^~\\&|CritCare||AssocMgr||20160726222135||ORU^R01^ORU_R01|95e0405|P|2.6|||AL|AL|USA||||IHE_DEV_051^IHE PCD^1.3.6.1.4.1.19376.1.6.1.51.1^ISO",
  "PID|||AB60009^^^A^PI||HARRISON^D^F^^^^L",
  "PV1||E|3 WEST ICU^3002^1",
  "OBR|||15404852-0001|69136^MDC_OBS_ASSOCIATION_PATIENT_DEVICE^MDC|||20160726222000|20160726222000|||||||||||||||||||||^15404852",
  "OBX|1|CWE|68487^MDC_ATTR_EVT_COND^MDC||198332^MDC_EVT_ASSOCIATION_PATIENT_DEVICE^MDC||||||W",
  "PRT|1|UC||EQUIP^EQUIP^HL70912|||||3 West ICU^3002^1|MON5569^^231A8456B1CB2491^EUI-64|",
  "PRT|2|UC||AUT^AUT^HL70912|58793^Diesel^N||||3 WEST ICU^3002^1||20160726222000",
);

/** ADT^A40 merge (microsoft/FHIR-Converter, ADT-A40-01). */
export const merge = message(
  "MSH|^~\\&|Ntierprise|Ntierprise Clinic|Healthmatics EHR|Healthmatics Clinic|20190423150137+0215||ADT^A40^ADT_A40|8919-40|P|2.8|||NE|NE",
  "EVN|A40|20190423150137+0215||01|13^Berry",
  "PID|1||12345^^^BCBS^MR||Test^Test^A||20180205|F|||123 Any Street^^Raleigh^NC^27615||(111)111-1111^^PH^^^111^1111111|||||5027440^^^^AN",
  "MRG|56789^^^BCBS^MR",
);

/** ADT^A40 merge in structure ADT_A39 (cosyte/hl7, adt-a40-merge). */
const mergeA39 = message(
  "MSH|^~\\&|REG|MAIN|MPI|MAIN|20260704080000||ADT^A40^ADT_A39|MSG00020|P|2.5",
  "EVN|A40|20260704080000",
  "PID|1||MRN99001^^^HOSP^MR||Mergetest^Survivor||19750301|F||||||||||ACCT8801^^^HOSP^AN",
  "MRG|MRN99002^^^HOSP^MR||ACCT8802^^^HOSP^AN||||Mergetest^Prior",
  "PV1|1|O|||||||||||||||||VIS7001^^^HOSP^VN",
);

/** Laboratory ORU with UCUM units (cosyte/hl7, oru-r01). */
const labUcum = message(
  "MSH|^~\\&|LAB|MAIN|EHR|REF|20260419101500||ORU^R01^ORU_R01|MSG00002|P|2.5",
  "PID|1||MRN12345^^^HOSP^MR~SSN^^^USA^SS||Doe^John",
  "OBR|1|ORD001|FLR001|CBC^Complete Blood Count^LN|||20260419080000",
  "OBX|1|NM|WBC^White Blood Cells^LN||7.5|K/uL^^UCUM|4.0-11.0|N|||F",
  "OBX|2|NM|HGB^Hemoglobin^LN||14.2|g/dL^^UCUM|12.0-16.0|N|||F",
  "OBX|3|NM|HCT^Hematocrit^LN||42.1|%^^UCUM|37.0-47.0|N|||F",
);

/** The same as published, where the backslash was lost: by the rules `&` is now the escape character. */
export const pcimWithoutBackslash = pcimWrongAssociation.replace("^~\\&", "^~&");

/** GE B40 monitor, one observation (GE manual 2062665-001 p. 24) under a header of the same profile. */
const geSaturation = message(
  "MSH|^~\\&|B40^080019FFFE0B4020^EUI-64||||20120530112345+0000||ORU^R01^ORU_R01|1|P|2.6|||NE|AL||UNICODE UTF-8|||PCD_DEC_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO",
  "OBX|43|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.22.1.2|100|262688^MDC_DIM_PERCENT^MDC|||||R|||||||080019FFFE0B4020^B40_GE",
);

/** Header of a laboratory result of a Roche cobas pro (medplum core, tests). */
const lawHeader = message(
  "MSH|^~\\&|cobas pro||host||20180222150842+0100||OUL^R22^OUL_R22|97|P|2.5.1|||NE|AL||UNICODE UTF-8|||LAB-29^IHE",
);

/** A PDQ response with two patients and umlauts, after oehf/ipf, Iti21TestRouteBuilder. */
const pdqResponse = message(
  "MSH|^~\\&|MESA_PD_SUPPLIER|PIM|MESA_PD_CONSUMER|CLINIC|20081031112704||RSP^K22^RSP_K21|324406609|P|2.5|||ER||DE|UNICODE UTF-8",
  "MSA|AA|1305973",
  "QAK|1486133081|OK",
  "QPD|IHE PDQ Query|1402274727|@PID.3.1^12345678",
  "PID|||79007^^^HZLN&2.16.840.1.113883.3.37.4.1.1.2.511.1&ISO^PI||Müller^Jürgen^^^^^L",
  "PID|||78912^^^HZLN&2.16.840.1.113883.3.37.4.1.1.2.511.1&ISO^PI||Müßig^Änne^^^^^L",
);

/** Header and patient of a Mindray eGateway: fractions and a half-hour zone, an empty identifier with an authority. */
const mindrayHeader = message(
  "MSH|^~\\&|MINDRAY_EGATEWAY^00A03700273EDE18^EUI-64||||20260912120000.0000+0530||ORU^R01^ORU_R01|1|P|2.6|||AL|NE||UNICODE UTF-8",
  "PID|||^^^Hospital^PI",
);

export const examples: Readonly<Record<string, string>> = {
  continuaBloodPressure,
  nistOximetry,
  simhospitalVitals,
  pcimWrongAssociation,
  merge,
  mergeA39,
  labUcum,
  pcimWithoutBackslash,
  geSaturation,
  lawHeader,
  pdqResponse,
  mindrayHeader,
};
