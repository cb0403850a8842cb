import type { Finding, Span } from "../../src/driver-kit/contract.ts";
import { deviceTime, hexByte, type Reply, word } from "./packet.ts";

/** What the records of a model are; the packets themselves do not say. */
export type Measures = "blood-pressure" | "temperature";

/** One record: the same time was read before and after the value. */
export interface StoredRecord {
  readonly time: Reply["data"];
  readonly value: Reply["data"];
  readonly span: Span;
}

/** What makes a record this one, on whatever place in the memory: whose it is, its time and its bytes. */
export function identityOf(owner: string, { time, value }: StoredRecord): string {
  return `${owner} ${deviceTime(time).text} ${value.map(hexByte).join("")}`;
}

/** The findings of a record; none where it holds no possible measurement. */
export function findingsOf(record: StoredRecord, measures: Measures, owner: string): readonly Finding[] {
  const { time, value, span } = record;
  const identity = identityOf(owner, record);
  const finding = (channel: string, text: string): Finding => ({
    channel,
    value: { kind: "number", text },
    kind: "patient",
    group: identity,
    deviceTime: deviceTime(time),
    identity,
    span,
  });
  switch (measures) {
    case "blood-pressure": {
      // The second byte is the mean on some models, and on others not.
      const [systolic, , diastolic, pulse] = value;
      if (diastolic === 0 || diastolic >= systolic) return [];
      return [
        finding("SYS", String(systolic)),
        finding("DIA", String(diastolic)),
        ...(pulse === 0 ? [] : [finding("PULSE", String(pulse))]),
      ];
    }
    case "temperature": {
      const [low, high] = value;
      const stored = word(low, high);
      if (stored === 0 || stored === 0xffff) return [];
      // Tenths of a degree; from 1000 on hundredths.
      const decimals = stored < 1000 ? 1 : 2;
      const digits = String(stored).padStart(decimals + 1, "0");
      return [finding("TEMP", `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`)];
    }
    default:
      return measures satisfies never;
  }
}
