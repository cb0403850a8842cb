import type { DeviceStatus, Report, ScanReport, Upstream } from "../../src/devices/device.ts";

/** The gateway as devices see it: keeps what it is told, and stores or refuses as the test says. */
export class FakeUpstream implements Upstream {
  readonly reports: Report[] = [];
  readonly scans: ScanReport[] = [];
  readonly statuses: DeviceStatus[] = [];
  /** What becomes of the next reports; a test may replace it with something slower. */
  answer: (report: Report) => Promise<"stored" | "refused"> = () => Promise.resolve("stored");

  report(report: Report): Promise<"stored" | "refused"> {
    this.reports.push(report);
    return this.answer(report);
  }

  scan(scan: ScanReport): void {
    this.scans.push(scan);
  }

  changed(status: DeviceStatus): void {
    this.statuses.push(status);
  }

  /** The texts of the readings of a device, in order. */
  readings(device: string): string[] {
    return this.reports
      .filter((report) => report.device.device === device)
      .flatMap((report) => report.findings)
      .map((finding) => (finding.value.kind === "number" ? finding.value.text : ""));
  }

  /** The states that a device went through, with the problem's code where there was one. */
  states(device: string): string[] {
    return this.statuses
      .filter((status) => status.device === device)
      .map(({ state, problem }) => (problem === undefined ? state : `${state} ${problem.code}`));
  }
}
