import { hex } from "../../src/driver-kit/checksums.ts";
import type { Span } from "../../src/driver-kit/contract.ts";
import type { Kept } from "../../src/driver-kit/memory-session.ts";
import { wallTime } from "../../src/driver-kit/wall-clock.ts";

/** Marks that are known not to stand for control solution. */
const patientMarks: Readonly<Record<number, readonly string[]>> = {
  0: [],
  16: ["before meal"],
  32: ["after meal"],
};

/**
 * Reads a result: year without the century, month, day, hour, minute, value with its high byte first, mark. A mark that is
 * not known may be that of control solution, so such a result is none of a patient.
 */
export function findingOf(message: Uint8Array, span: Span): Kept {
  const told = message.subarray(2, 9);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, high = 0, low = 0] = told;
  const mark = message[9] ?? 0;
  const local = wallTime(2000 + year, month, day, hour, minute);
  const flags = patientMarks[mark];
  const kind = flags === undefined ? "control" : "patient";
  const shown = flags ?? [`mark ${hex(mark, 2)}`];
  return {
    channel: "glucose",
    value: wireValue((high << 8) | low),
    kind,
    deviceTime: { text: hexOf(told.subarray(0, 5)), ...(local === undefined ? {} : { local }) },
    ...(shown.length > 0 ? { flags: shown } : {}),
    identity: `${hexOf(told)}${kind === "control" ? " control" : ""}`,
    span,
  };
}

function wireValue(milligrams: number): Kept["value"] {
  if (milligrams === 0) return { kind: "absent", reason: "not-measured", text: "0" };
  return { kind: "number", text: String(milligrams) };
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => hex(byte, 2)).join("");
}
