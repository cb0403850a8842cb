import type { Framer } from "../../src/driver-kit/framers/piece.ts";
import { markAt, search, type Verdict } from "../../src/driver-kit/framers/search.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";

/** What a message begins with: FF and the name of the format, with its blank. */
export const start = "\xffANSAR-B ";
/** Start mark and 400 waveform bytes (ECG 200; respiration, pleth, P1, P2 50 each), which may have any value. */
export const waveformEnd = 409;
/** The captured text is of some 150 bytes. */
const longestText = 400;
const endMark = 0xfe;
const mark = bytesOf(start);

/**
 * Messages of the ANSAR-B stream. FF and FE delimit only outside of the waveforms, so those are skipped by their length;
 * a whole start mark within them means that the message before was cut.
 */
export function messageFramer(): Framer {
  const bound = waveformEnd + longestText + 1;
  return search({
    bound,
    judge(view): Verdict {
      const first = view.indexOf(mark[0] ?? 0);
      if (first !== 0) return { is: "none", length: first === -1 ? view.length : first };
      const there = markAt(view, 0, mark);
      if (there === "no") return { is: "none", length: 1 };
      if (there === "begun") return { is: "more" };

      const waveforms = view.subarray(0, waveformEnd);
      for (let at = waveforms.indexOf(0xff, 1); at !== -1; at = waveforms.indexOf(0xff, at + 1))
        if (markAt(view, at, mark) === "whole") return { is: "cut", length: at };
      for (let at = waveformEnd; at < Math.min(view.length, bound); at++) {
        const byte = view[at] ?? 0;
        if (byte === endMark) return { is: "frame", length: at + 1 };
        if (byte !== 0x0d && (byte < 0x20 || byte > 0x7e)) return { is: "bad", length: at, reason: "malformed" };
      }
      return view.length >= bound ? { is: "bad", length: bound, reason: "too-long" } : { is: "more" };
    },
  });
}

/** One number of a message. */
export interface Shown {
  readonly channel: string;
  readonly text: string;
  /** The monitor's words beside it: lead, alarm. */
  readonly flags: readonly string[];
}

/** The numbers of one message; those that are empty, or whose status is another than the documented one, are not there. */
export interface Numbers {
  readonly sensors: readonly Shown[];
  readonly cuff: readonly Shown[];
}

const field = "([^;\\r]*);";
const line = (key: string, fields: number): string => `${key}=([0-9]);${field.repeat(fields)}\\r`;
const lines = new RegExp(
  `^${line("HR", 2)}${line("RR", 2)}${line("ETCO2", 2)}${line("SPO2", 2)}${line("NIBP", 5)}${line("P1", 4)}${line("P2", 4)}${line("T1", 2)}${line("T2", 2)}$`,
);

/** Reads the text of a message. Nothing where its lines are not the nine of the captured stream, in their order. */
export function decode(text: string): Numbers | undefined {
  const match = lines.exec(text);
  if (match === null) return undefined;
  const [
    ,
    hrStatus,
    hr = "",
    lead = "",
    rrStatus,
    rr = "",
    rrWords = "",
    ,
    ,
    ,
    spo2Status,
    spo2 = "",
    pr = "",
    ...rest
  ] = match;
  const [nibpStatus, systolic = "", diastolic = "", mean = "", pulse = "", nibpWords = ""] = rest;
  const rate = /^(?:PR= *[0-9]{0,3} *)?$/.test(pr) ? pr.slice("PR=".length) : undefined;
  if (rate === undefined) return undefined;

  const sensors = [
    ...shown(hrStatus === "1", "HR", hr, lead),
    ...shown(rrStatus === "1", "RR", rr, rrWords),
    ...shown(spo2Status === "1", "SPO2", spo2, ""),
    ...shown(spo2Status === "1" && spo2.trim() !== "", "PR", rate, ""),
  ];
  const cuff = [
    ...shown(nibpStatus === "4", "NIBP_SYS", systolic, nibpWords),
    ...shown(nibpStatus === "4", "NIBP_DIA", diastolic, nibpWords),
    ...shown(nibpStatus === "4", "NIBP_MEAN", mean, nibpWords),
    ...shown(nibpStatus === "4", "NIBP_PULSE", pulse, nibpWords),
  ];
  const every = [...sensors, ...cuff];
  if (every.some(({ text: digits }) => !/^[0-9]{1,3}$/.test(digits))) return undefined;
  const [high, low, middle] = [systolic, diastolic, mean].map(Number);
  if (cuff.length > 0 && !(Number(low) < Number(middle) && Number(middle) < Number(high))) return undefined;
  return { sensors, cuff };
}

function shown(documented: boolean, channel: string, digits: string, words: string): readonly Shown[] {
  const text = digits.trim();
  // Zero is no rate, saturation or pressure of anybody.
  if (!documented || /^0*$/.test(text)) return [];
  return [{ channel, text, flags: words.trim() === "" ? [] : [words.trim()] }];
}
