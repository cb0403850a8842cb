import fc from "fast-check";
import type { CaptureLine } from "../../src/driver-kit/capture.ts";
import type { Finding, Undetected } from "../../src/driver-kit/contract.ts";
import { joined } from "../../src/driver-kit/replay.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import {
  bitsFlipped,
  bytesDoubled,
  bytesLost,
  cutsShort,
  type Damaged,
  input,
  noiseBefore,
  rechunked,
  reportsDoubled,
  reportsLost,
} from "./conformance/damage.ts";
import { staysBounded } from "./conformance/memory.ts";
import { breaches, strangers } from "./conformance/order.ts";
import { acknowledgesAfterStored } from "./conformance/storage.ts";
import { few, findingKey, play, type Rule, readings, scanKey, type Trial } from "./conformance/trial.ts";

/** What every driver is held to on every capture. Each name is the sentence that a test reports. */
export const perCapture: Readonly<Record<string, Rule>> = {
  "keeps to the contract": keepsToTheContract,
  "reads the same in any chunking": readsTheSameInAnyChunking,
  "yields no other value after one flipped bit": survivesFlippedBits,
  "yields no other value after one lost byte": (trial) => survives(trial, "byte-lost"),
  "yields no other value after one doubled byte": (trial) => survives(trial, "byte-doubled"),
  "yields no partial value when cut short": (trial) => survives(trial, "cut-short"),
  "recovers after a burst of noise": recoversAfterNoise,
  "acknowledges only after stored": acknowledgesAfterStored,
};

/** What hangs on the options more than on the capture, and is tried on one capture of a profile. */
export const perProfile: Readonly<Record<string, Rule>> = {
  "never throws, whatever the bytes": neverThrows,
  "holds no more than a frame, whatever the bytes": staysBounded,
};

function keepsToTheContract(trial: Trial): readonly string[] {
  const played = play(trial, trial.capture.lines);
  if ("threw" in played) return [played.threw];
  const written = latin1(played.writes);
  const outs = latin1(joined(trial.capture.lines.flatMap((line) => ("out" in line ? [line.out] : []))));
  return few([
    ...breaches(played, trial),
    ...strangers(played, trial),
    ...(outs === "" || outs === written ? [] : [`writes ${JSON.stringify(written)}, not ${JSON.stringify(outs)}`]),
  ]);
}

function readsTheSameInAnyChunking(trial: Trial): readonly string[] {
  if (trial.driver.input === "reports") return [];
  const whole = play(trial, trial.capture.lines);
  if ("threw" in whole) return [whole.threw];
  const shown = (played: typeof whole) => {
    const { findings, scans, identities, writes } = played;
    const discards = played.discards.map(({ span, reason }) => ({ span, reason }));
    return JSON.stringify({ findings, scans, identities, writes: latin1(writes), discards });
  };
  return few(
    filtered(rechunked(trial.capture.lines), ({ what, lines }) => {
      const played = play(trial, lines);
      if ("threw" in played) return `${what}: ${played.threw}`;
      return shown(played) === shown(whole) ? undefined : `${what}: ${shown(played)} instead of ${shown(whole)}`;
    }),
  );
}

/**
 * With a checksum nothing may come out that did not before. Without one a flipped digit cannot be seen, but what comes
 * out must still be of the closed set of channels and units.
 */
function survivesFlippedBits(trial: Trial): readonly string[] {
  const base = play(trial, trial.capture.lines);
  if ("threw" in base) return [base.threw];
  const known = readings(base);
  return few(
    filtered(bitsFlipped(trial.capture.lines), ({ what, lines }) => {
      const played = play(trial, lines);
      if ("threw" in played) return `${what}: ${played.threw}`;
      const wrong = [
        ...breaches(played, trial, lines),
        ...(trial.driver.integrity === "checksum"
          ? [...readings(played)].filter((key) => !known.has(key))
          : strangers(played, trial)),
      ];
      return wrong.length === 0 ? undefined : `${what}: ${wrong[0]}`;
    }),
  );
}

function damaged({ driver, capture: { lines } }: Trial, fault: Undetected["fault"]): Iterable<Damaged> {
  const whole = driver.input === "reports";
  switch (fault) {
    case "byte-lost":
      return whole ? reportsLost(lines) : bytesLost(lines);
    case "byte-doubled":
      return whole ? reportsDoubled(lines) : bytesDoubled(lines);
    case "cut-short":
      return cutsShort(lines);
    case "noise-before":
      return whole || lines.some((line) => "out" in line) ? [] : noiseBefore(lines);
    default:
      return fault satisfies never;
  }
}

/** A fault that the driver has declared to be beyond its protocol is looked at by `overclaims` instead. */
function survives(trial: Trial, fault: Undetected["fault"]): readonly string[] {
  const declared = trial.driver.undetected?.(trial.options).some((limit) => limit.fault === fault) ?? false;
  return declared ? [] : few(otherValues(trial, fault));
}

function* otherValues(trial: Trial, fault: Undetected["fault"]): Iterable<string> {
  const base = play(trial, trial.capture.lines);
  if ("threw" in base) return yield base.threw;
  const known = readings(base);
  const isValue = (finding: Finding) => trial.driver.integrity === "checksum" || finding.value.kind === "number";
  for (const { what, lines } of damaged(trial, fault)) {
    const played = play(trial, lines);
    if ("threw" in played) {
      yield `${what}: ${played.threw}`;
      continue;
    }
    const [wrong] = [
      ...breaches(played, trial, lines),
      ...played.findings
        .filter(isValue)
        .map(findingKey)
        .filter((key) => !known.has(key)),
      ...played.scans.map(scanKey).filter((key) => !known.has(key)),
    ];
    if (wrong !== undefined) yield `${what}: ${wrong}`;
  }
}

/**
 * Limits that a driver declares and that none of these captures (all those of the same options) shows: either the
 * declaration is needless, or a capture is missing that proves it.
 */
export function overclaims(trials: readonly Trial[]): readonly string[] {
  const [first] = trials;
  const declared = first?.driver.undetected?.(first.options) ?? [];
  return declared.flatMap(({ fault, why }) => [
    ...(why.trim() === "" ? [`${fault} is declared undetected without a reason`] : []),
    ...(first?.driver.integrity === "checksum" ? [`${fault} is declared undetected in spite of a checksum`] : []),
    ...(trials.some((trial) => [...otherValues(trial, fault)].length > 0)
      ? []
      : [`${fault} is declared undetected, and no capture shows it`]),
  ]);
}

/**
 * Noise before an unsolicited stream: all of the stream is read, at the latest when it comes again, and nothing else.
 * For dialogues the simulation is what can answer again.
 */
function recoversAfterNoise(trial: Trial): readonly string[] {
  const base = play(trial, trial.capture.lines);
  if ("threw" in base) return [base.threw];
  const known = readings(base);
  const lost = filtered(damaged(trial, "noise-before"), ({ what, lines }) => {
    const played = play(trial, lines);
    if ("threw" in played) return `${what}: ${played.threw}`;
    const read = readings(played);
    const missing = [...known].find((key) => !read.has(key));
    return missing === undefined ? undefined : `${what}: loses ${missing}`;
  });
  return few([...lost, ...survives(trial, "noise-before")]);
}

/** Random bytes, and pieces of the capture in any order with random bytes between them, over any times. */
function neverThrows(trial: Trial): readonly string[] {
  const all = input(trial.capture.lines);
  const piece = fc
    .tuple(fc.nat(all.length), fc.nat(all.length))
    .map(([a, b]) => all.subarray(Math.min(a, b), Math.max(a, b)));
  const bytes = fc.oneof({ arbitrary: piece, weight: 3 }, { arbitrary: fc.uint8Array({ maxLength: 70 }), weight: 1 });
  const script = fc.array(fc.record({ after: fc.constantFrom(0, 1, 50, 3000, 60_000), in: bytes }), { maxLength: 12 });
  const answer = fc.constantFrom("stored", "refused", "none");
  let wrong: readonly string[] = [];
  fc.check(
    fc.property(script, answer, (steps, how) => {
      let ms = 0;
      const lines: CaptureLine[] = steps.map(({ after, in: given }) => {
        ms += after;
        return { ms, in: given };
      });
      const played = play(trial, lines, { answer: how });
      const found = "threw" in played ? [played.threw] : breaches(played, trial, lines);
      if (found.length > 0) wrong = found;
      return found.length === 0;
    }),
    { numRuns: 400, seed: 1 },
  );
  return few(wrong);
}

function* filtered<T>(all: Iterable<T>, judge: (one: T) => string | undefined): Iterable<string> {
  for (const one of all) {
    const violation = judge(one);
    if (violation !== undefined) yield violation;
  }
}
