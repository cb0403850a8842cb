import type { Write } from "../../src/driver-kit/memory-session.ts";

/** The bytes that one input report carries. */
export type Payload = Uint8Array;

const reportLength = 8;
const most = reportLength - 1;

/**
 * The valid bytes of an input report: its first byte says how many, and what follows them is left from the report
 * before. None for a count that no report can hold, such as the garbage `08 60 00 …` that comes now and then.
 */
export function payloadOf(report: Uint8Array): Payload {
  const count = report[0] ?? 0;
  return report.slice(1, 1 + (count <= most ? count : 0));
}

/** Bytes as input reports, without a report id, for the device uses none. */
export function inputReports(bytes: Uint8Array): readonly Uint8Array[] {
  const reports: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += most) {
    const part = bytes.subarray(at, at + most);
    const report = new Uint8Array(reportLength);
    report.set([part.length, ...part]);
    reports.push(report);
  }
  return reports;
}

/** Bytes as output reports, behind the report id 0. */
export function outputs(bytes: Uint8Array): readonly Write[] {
  return inputReports(bytes).map((report) => ({ do: "write", bytes: Uint8Array.of(0, ...report) }));
}

/** Feature reports that choose what is talked about. */
export const modes = { information: [0x01, 0x01], readings: [0x74, 0xbc] } as const;

/** Chooses a mode: a feature report of two bytes, behind the report id 0. */
export function choose(mode: keyof typeof modes): Write {
  return { do: "write", bytes: Uint8Array.of(0, ...modes[mode]), as: "feature-report" };
}

/** What wakes the monitor until it answers OK. */
export const wakeUp: readonly Write[] = [...outputs(new Uint8Array(4 * most)), ...outputs(new Uint8Array(2))];
