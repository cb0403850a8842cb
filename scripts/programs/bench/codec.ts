/// <reference path="../../../test/kit/hl7-standard.d.ts" />
import HL7 from "hl7-standard";
import { build, type SegmentContent, segment } from "../../../src/hl7/build.ts";
import { parse } from "../../../src/hl7/message.ts";
import { median } from "../figures.ts";

/** ORU^R01 of 12 segments and 1.6 kB, with escapes in names, notes and values. */
const message = [
  String.raw`MSH|^~\&|VITALWIRE|RIVERSIDE|EHR|RIVERSIDE|20261123150509+0100||ORU^R01^ORU_R01|0MHX4S1J8C2K9Q7Z5T3B|P|2.5.1|||NE|AL||UNICODE UTF-8`,
  String.raw`PID|1||P00123456^^^RIVERSIDE^MR~7561234567897^^^AHV^SS||Smith \T\ Jones^Anna^Maria^^^^L||19610101|F|||Main Street 12^^Springfield^^12345^CHE`,
  "PV1|1|O|EXAM-4^^^RIVERSIDE||||0012^Weber^Ruth^^^Dr||||||||||||V20261123-17^^^^VN|||||||||||||||||||||||||20261123144500+0100",
  "OBR|1||0192f7c1-9d2a-7c3e-8a11-5f0b2d3c4e5f-1a2b3c4d^VITALWIRE|85353-1^Vital signs panel^LN|||20261123150507+0100|||||||||||||||20261123150509+0100|||R",
  String.raw`OBX|1|NM|8480-6^Systolic blood pressure^LN^150017^MDC_PRESS_BLD_SYS^MDC|17592186044415|118|mm[Hg]^mm[Hg]^UCUM|90-140||||R|||20261123150507+0100||STAFF-0417||A1B2C3^GE \T\ Dinamap~monitor-1^gateway-1`,
  "OBX|2|NM|8462-4^Diastolic blood pressure^LN^150018^MDC_PRESS_BLD_DIA^MDC|17592186044416|76|mm[Hg]^mm[Hg]^UCUM|||||R|||||STAFF-0417||A1B2C3^GE~monitor-1^gateway-1",
  "OBX|3|NM|8867-4^Heart rate^LN^147842^MDC_ECG_HEART_RATE^MDC|17592186044417|72|/min^/min^UCUM|||||R|||||STAFF-0417||A1B2C3^GE~monitor-1^gateway-1",
  "OBX|4|NM|59408-5^Oxygen saturation^LN^150456^MDC_PULS_OXIM_SAT_O2^MDC|17592186044418|98|%^%^UCUM|||||R|||||STAFF-0417",
  "OBX|5|SN|8310-5^Body temperature^LN^150364^MDC_TEMP_BODY^MDC|17592186044419|>^98.6|[degF]^[degF]^UCUM|||||R",
  String.raw`OBX|6|ST|29463-7^Body weight^LN|17592186044420|no value \F\ moved \E\ twice|||||X`,
  String.raw`NTE|1|L|The cuff was moved: left \S\ right arm \R\ once. Second try after two minutes of rest.`,
  "SPM|1|S004711||119297000^Blood^SCT|||||||Q^Control specimen^HL70369",
]
  .map((text) => `${text}\r`)
  .join("");

const rounds = 2000;

/** How many times as fast as hl7-standard the codec reads all of a message and writes it again. */
export async function codec(): Promise<number> {
  if (rewritten(message) !== message) throw new Error("the codec did not write what it read");
  const measure = (work: () => unknown): number => {
    const began = performance.now();
    for (let i = 0; i < rounds; i++) work();
    return performance.now() - began;
  };
  const ours: number[] = [];
  const theirs: number[] = [];
  // In turns, so that a busy machine is busy for both; the first turn warms up.
  for (let turn = 0; turn < 6; turn++) {
    ours.push(measure(() => rewritten(message)));
    theirs.push(
      measure(() => {
        const read = new HL7(message);
        read.transform();
        return read.build();
      }),
    );
  }
  return median(theirs.slice(1)) / median(ours.slice(1));
}

/** Every value of every field taken out, unescaped, and written again, escaped. */
function rewritten(text: string): string {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  const segments = parsed.message.segments.map((read): SegmentContent => {
    const fields: Record<number, { repetitions: readonly (readonly (readonly string[])[])[] }> = {};
    for (let i = read.id === "MSH" ? 3 : 1; i <= read.length; i++) {
      if (read.field(i) !== "") fields[i] = { repetitions: read.tree(i) };
    }
    return segment(read.id, fields);
  });
  return build(segments);
}
