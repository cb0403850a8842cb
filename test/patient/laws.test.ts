import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Decision, PlaceRules } from "../../src/patient/place.ts";
import { fates, minute, play, reading, room, scan } from "./room.ts";

/** Something that happens in a room, `after` the thing before; readings reach the gateway `delay` later. */
type Happening =
  | { readonly what: "scan"; readonly after: number; readonly text: string }
  | { readonly what: "done" | "log-off" | "restart" | "tick"; readonly after: number }
  | { readonly what: "reading"; readonly after: number; readonly delay: number; readonly kind: "patient" | "control" };

const after = fc.integer({ min: 1, max: 4 * minute });
const delay = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 20 * minute }));
const scans = fc.record({
  what: fc.constant("scan" as const),
  after,
  text: fc.constantFrom("P-1", "P-2", "P-3", "P-1", "S-1", "S-2", "V-1", "T-1", "DONE", "??"),
});
const readings = fc.record({
  what: fc.constant("reading" as const),
  after,
  delay,
  kind: fc.constantFrom("patient" as const, "patient" as const, "patient" as const, "control" as const),
});
const endings = fc.record({ what: fc.constantFrom("done" as const, "log-off" as const, "tick" as const), after });
const restarts = fc.record({ what: fc.constant("restart" as const), after });

const day = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: scans },
    { weight: 8, arbitrary: readings },
    { weight: 2, arbitrary: endings },
    { weight: 1, arbitrary: restarts },
  ),
  { maxLength: 40, size: "max" },
);

interface Timed {
  readonly at: number;
  /** When it was measured, for a reading. */
  readonly measured: number;
  readonly happening: Happening;
}

/** The happenings in the order in which the gateway hears of them, no two at one moment. */
function timeline(happenings: readonly Happening[]): readonly Timed[] {
  let now = 0;
  return happenings
    .map((happening, i) => {
      now += happening.after;
      const heard = happening.what === "reading" ? now + happening.delay : now;
      return { at: heard + i / 1000, measured: now + i / 1000, happening };
    })
    .sort((a, b) => a.at - b.at);
}

const rules = room({ idleAfterMs: 5 * minute, longestMs: 30 * minute });

function run(timed: readonly Timed[], place: PlaceRules = rules): readonly Decision[] {
  return play(
    timed.map(({ at, measured, happening }) => {
      switch (happening.what) {
        case "scan":
          return scan(at, happening.text);
        case "reading":
          return reading(measured, at, { kind: happening.kind });
        default:
          return { on: happening.what, at };
      }
    }),
    place,
  ).decisions;
}

/**
 * Who was in the room at a moment, worked out the plain way: the last wristband before it, unless anything after that
 * ended it, or the room was left alone for too long, or it has been too long in all.
 */
function whoWasThere(
  timed: readonly Timed[],
  decisions: readonly Decision[],
  measured: number,
  heard: number,
): string | undefined {
  const before = timed.flatMap((t, i) => (t.happening.what !== "reading" && t.at <= measured ? [{ t, i }] : []));
  const isPatient = ({ happening }: Timed) => happening.what === "scan" && happening.text.startsWith("P-");
  const isEnd = ({ happening }: Timed) =>
    happening.what === "done" ||
    happening.what === "log-off" ||
    happening.what === "restart" ||
    (happening.what === "scan" && ["DONE", "??"].includes(happening.text));
  if (timed.some((t) => t.happening.what === "restart" && t.at > measured && t.at <= heard)) return undefined;

  let there: string | undefined;
  let since = 0;
  let claimed = 0;
  const gone = (at: number) => {
    let last = since;
    for (const [i, t] of timed.entries()) {
      if (t.at <= since || t.at > at) continue;
      const touched =
        t.happening.what === "scan" ||
        (t.happening.what === "reading" && decisions[i]?.reading?.binding !== undefined && t.measured >= since);
      if (t.at - last >= rules.idleAfterMs) return true;
      if (touched) last = t.at;
    }
    return at - last >= rules.idleAfterMs || at - claimed >= rules.longestMs;
  };
  for (const { t } of before) {
    if (there !== undefined && gone(t.at)) there = undefined;
    if (isEnd(t)) there = undefined;
    if (isPatient(t) && t.happening.what === "scan") {
      const id = t.happening.text.slice(2);
      if (there !== id) since = t.at;
      there = id;
      claimed = t.at;
    }
  }
  return there !== undefined && gone(measured) ? undefined : there;
}

describe("for any interleaving of scans, readings, ends and restarts", () => {
  it("a reading is bound to whoever was there when it was measured, and otherwise held", () => {
    const seen = { bound: 0, late: 0, held: 0 };
    fc.assert(
      fc.property(day, (happenings) => {
        const timed = timeline(happenings);
        const decisions = run(timed);
        for (const [i, { at, measured, happening }] of timed.entries()) {
          if (happening.what !== "reading") continue;
          const outcome = decisions[i]?.reading;
          const subject = outcome?.binding?.subject;
          const bound = subject?.kind === "patient" ? subject.patient.id : undefined;
          const expected = happening.kind === "patient" ? whoWasThere(timed, decisions, measured, at) : undefined;
          expect(bound).toBe(expected);
          expect(outcome?.holds.length).toBe(bound === undefined ? 1 : 0);
          if (bound === undefined) seen.held++;
          else if (at > measured + minute) seen.late++;
          else seen.bound++;
        }
      }),
      { numRuns: 1000 },
    );
    // The days that were played had enough of each in them.
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(100);
  });

  it("associations open and end in turn, and never overlap", () => {
    fc.assert(
      fc.property(day, (happenings) => {
        let open: number | undefined;
        let lastEnd = Number.NEGATIVE_INFINITY;
        for (const change of run(timeline(happenings)).flatMap(({ changes }) => changes)) {
          if (change.change === "opened") {
            expect(open).toBeUndefined();
            open = change.association.begin;
            expect(open).toBeGreaterThanOrEqual(lastEnd);
          }
          if (change.change === "ended") {
            expect(change.association.begin).toBe(open);
            expect(change.association.end).toBeGreaterThanOrEqual(change.association.begin);
            lastEnd = change.association.end;
            open = undefined;
          }
        }
      }),
    );
  });

  it("the order in which readings arrive does not change whose they are", () => {
    // Readings that arrive keep a room from idling, so the idle time is left out; a restart forgets on purpose.
    const patientRoom = room({ idleAfterMs: Number.MAX_SAFE_INTEGER, longestMs: Number.MAX_SAFE_INTEGER });
    const lasting = fc.array(fc.oneof(scans, readings, endings), { maxLength: 30, size: "max" });
    const otherDelays = fc.array(delay, { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(lasting, otherDelays, (happenings, delays) => {
        const shuffled = happenings.map((h, i) => (h.what === "reading" ? { ...h, delay: delays[i] ?? 0 } : h));
        expect(claims(timeline(shuffled))).toEqual(claims(timeline(happenings)));
      }),
    );

    function claims(timed: readonly Timed[]): ReadonlyMap<number, unknown> {
      const decisions = run(timed, patientRoom);
      return new Map(
        timed
          .flatMap((t, i): [number, unknown][] => {
            const binding = decisions[i]?.reading?.binding;
            // A visit is knowledge that comes later; who, since when and by whom are not.
            const who = binding?.subject.kind === "patient" ? binding.subject.patient.id : undefined;
            return t.happening.what === "reading" ? [[t.measured, [who, binding?.since, binding?.by]]] : [];
          })
          .sort(([a], [b]) => a - b),
      );
    }
  });

  it("a tick changes nothing but when an end is noticed", () => {
    fc.assert(
      fc.property(day, fc.array(fc.nat(120 * minute), { maxLength: 20, size: "max" }), (happenings, ticks) => {
        const timed = timeline(happenings);
        const ticked = [
          ...timed,
          ...ticks.map((at): Timed => ({ at: at + 0.9995, measured: at, happening: { what: "tick", after: 0 } })),
        ].sort((a, b) => a.at - b.at);
        expect(fates(run(ticked))).toEqual(fates(run(timed)));
      }),
    );
  });

  it("nothing is bound after a restart without a new scan", () => {
    fc.assert(
      fc.property(day, fc.array(readings), (before, late) => {
        const timed = timeline([...before, { what: "restart", after: 1 }, ...late]);
        const restart = timed.findLastIndex(({ happening }) => happening.what === "restart");
        const scanned = timed.slice(restart).some(({ happening }) => happening.what === "scan");
        expect(scanned).toBe(false);
        for (const { reading: outcome } of run(timed).slice(restart)) expect(outcome?.binding).toBeUndefined();
      }),
    );
  });

  it("the same events give the same decisions", () => {
    fc.assert(
      fc.property(day, (happenings) => {
        expect(run(timeline(happenings))).toEqual(run(timeline(happenings)));
      }),
    );
  });

  it("an instrument that was not there cannot bring readings of those who have left", () => {
    fc.assert(
      fc.property(day, fc.nat(60 * minute), (happenings, connectedSince) => {
        const timed = timeline(happenings);
        const { decisions } = play(
          timed.map(({ at, measured, happening }) => {
            if (happening.what === "scan") return scan(at, happening.text);
            if (happening.what === "reading") return reading(measured, at, { connectedSince });
            return { on: happening.what, at };
          }),
          rules,
        );
        let since: string | undefined;
        for (const [i, decision] of decisions.entries()) {
          for (const change of decision.changes) {
            if (change.change === "opened") since = change.association.since;
            if (change.change === "ended") since = undefined;
          }
          const binding = decision.reading?.binding;
          const measured = timed[i]?.measured ?? 0;
          if (binding !== undefined && measured < connectedSince) expect(binding.since).toBe(since);
        }
      }),
    );
  });
});

describe("what a place remembers", () => {
  it("is bounded however long it runs", () => {
    const steps = Array.from({ length: 5000 }, (_, i) => [
      scan(i * 1000, `P-${i}`),
      scan(i * 1000 + 1, `S-${i}`),
      scan(i * 1000 + 2, `S-${i}b`),
      reading(i * 1000 + 3),
    ]).flat();
    const { state } = play(steps);
    expect(state.past.length).toBeLessThanOrEqual(32);
    const long = play(Array.from({ length: 5000 }, (_, i) => scan(i, i === 0 ? "P-1" : `S-${i}`))).state;
    expect(JSON.stringify(long).length).toBeLessThan(3000);
  });
});
