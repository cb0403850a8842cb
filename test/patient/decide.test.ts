import { describe, expect, it } from "vitest";
import { barcodeReader } from "../../src/patient/barcode.ts";
import { overlapOf } from "../../src/patient/overlap.ts";
import { fates, minute, patient, play, reading, room, rule, scan } from "./room.ts";

const fatesOf = (...args: Parameters<typeof play>) => fates(play(...args).decisions);
const changesOf = (...args: Parameters<typeof play>) =>
  play(...args).decisions.flatMap(({ changes }) =>
    changes.map((c) => (c.change === "ended" ? `${c.change} ${c.why} ${c.association.end}` : c.change)),
  );

describe("a scanned wristband", () => {
  it("binds what is measured after it, saying who, since when and how", () => {
    const [, decision] = play([scan(1000, "P-1"), reading(2000)]).decisions;
    expect(decision?.reading).toEqual({
      binding: {
        subject: { kind: "patient", patient: patient("1") },
        since: "wall 1000",
        method: "scan",
        verified: false,
      },
      holds: [],
    });
  });

  it("does not bind what was measured before it", () => {
    expect(fatesOf([reading(900), scan(1000, "P-1"), reading(999, 1500), reading(1000, 1500)])).toEqual([
      "no-patient",
      "outside-association",
      "1",
    ]);
  });

  it("of another patient ends the earlier association at that instant and opens the next", () => {
    const steps = [scan(1000, "P-1"), scan(3000, "P-2"), reading(2999, 3100), reading(3000, 3100)];
    expect(fatesOf(steps)).toEqual(["1", "2"]);
    expect(changesOf(steps)).toEqual(["opened", "ended next 3000", "opened"]);
  });

  it("of the same patient extends both the idle and the longest time", () => {
    const rules = room({ longestMs: 6 * minute });
    const again = [scan(0, "P-1"), scan(4 * minute, "P-1"), reading(8 * minute)];
    expect(fatesOf(again, rules)).toEqual(["1"]);
    expect(changesOf(again, rules)).toEqual(["opened", "renewed"]);
  });

  it("that cannot be read ends the association, for nobody knows whom it was meant for", () => {
    const { decisions } = play([scan(0, "P-1"), scan(1000, "P-1x"), reading(2000)]);
    expect(decisions[1]?.scan).toEqual({ accepted: false, reason: "pattern" });
    expect(fates(decisions)).toEqual(["no-patient"]);
  });
});

describe("an association ends", () => {
  it("on a done card, a done button and a log-off", () => {
    for (const end of [scan(1000, "DONE"), { on: "done", at: 1000 }, { on: "log-off", at: 1000 }] as const)
      expect(fatesOf([scan(0, "P-1"), end, reading(999, 2000), reading(1000, 2000)])).toEqual(["1", "no-patient"]);
  });

  it("after the idle time, at that very moment, whenever it is noticed", () => {
    const steps = [
      scan(0, "P-1"),
      reading(minute),
      reading(6 * minute - 1, 20 * minute),
      reading(6 * minute, 21 * minute),
    ];
    expect(fatesOf(steps)).toEqual(["1", "1", "no-patient"]);
    expect(changesOf(steps)).toEqual(["opened", `ended idle ${6 * minute}`]);
  });

  it("is not kept alive by readings that are not of its patient", () => {
    const control = reading(4 * minute, 4 * minute, { kind: "control" });
    const stored = reading(-1000, 4 * minute);
    expect(fatesOf([scan(0, "P-1"), control, stored, reading(5 * minute)])).toEqual([
      "control",
      "outside-association",
      "no-patient",
    ]);
  });

  it("after the longest time, however busy the room is", () => {
    const steps = [scan(0, "P-1"), ...Array.from({ length: 30 }, (_, i) => reading((i + 1) * 2 * minute))];
    expect(fatesOf(steps).indexOf("no-patient")).toBe(29);
  });

  it("on a restart, and nothing that was before is remembered", () => {
    const steps = [scan(0, "P-1"), { on: "restart", at: 1000 } as const, reading(500, 1500), reading(1500)];
    expect(fatesOf(steps)).toEqual(["no-patient", "no-patient"]);
  });
});

describe("a reading that arrives late", () => {
  it("goes to whoever was there when it was measured", () => {
    const steps = [scan(0, "P-1"), scan(1000, "P-2"), scan(2000, "P-3"), reading(500, 2500), reading(1500, 2600)];
    expect(fatesOf(steps)).toEqual(["1", "2"]);
  });

  it("is held if its instrument was not connected then: a meter brings what was measured elsewhere", () => {
    const late = (measured: number) => reading(measured, 2500, { connectedSince: 2400 });
    expect(fatesOf([scan(0, "P-1"), scan(1000, "P-2"), late(500), late(1500)])).toEqual(["outside-association", "2"]);
  });

  it("is held if the change of patients lies within what its clock leaves open", () => {
    const steps = [scan(0, "P-1"), scan(1000, "P-2"), reading(0, 1500, { measured: { from: 900, to: 1100 } })];
    expect(fatesOf(steps)).toEqual(["outside-association"]);
  });

  it("is held if clocks do not tell when it was measured", () => {
    expect(fatesOf([scan(0, "P-1"), reading(0, 500, { measured: undefined })])).toEqual(["device-clock"]);
  });
});

describe("who else is scanned", () => {
  it("staff asserts what is measured from then on, and is never a patient", () => {
    const { decisions } = play([scan(0, "S-7"), scan(1000, "P-1"), reading(1500), scan(2000, "S-8"), reading(2500)]);
    expect(decisions.map(({ reading: r }) => r?.binding?.by)).toEqual([undefined, undefined, "7", undefined, "8"]);
    expect(play([scan(0, "S-7"), reading(500)]).decisions[1]?.reading?.binding).toBeUndefined();
  });

  it("a wristband that a staff rule fits too is a badge, and who was there stays: why check refuses such rules", () => {
    const alike = barcodeReader(
      [rule({ means: "patient", pattern: "\\d+" }), rule({ means: "staff", pattern: "\\d{4}" })],
      {
        authority: "CLINIC",
        type: "MR",
      },
    );
    const { decisions } = play([scan(0, "12345"), scan(1000, "6789"), reading(2000)], room({ barcodes: alike }));
    expect(decisions[1]?.scan).toEqual({ accepted: true, means: "staff" });
    expect(fates(decisions)).toEqual(["12345"]);
    expect(
      overlapOf(rule({ means: "staff", pattern: "\\d{4}" }), rule({ means: "patient", pattern: "\\d+" })),
    ).toBeDefined();
  });

  it("staff of a moment stays with it when a reading comes late", () => {
    const { decisions } = play([scan(0, "S-7"), scan(1000, "P-1"), scan(2000, "S-8"), reading(1500, 2500)]);
    expect(decisions[3]?.reading?.binding?.by).toBe("7");
  });

  it("staff is logged off by the log-off and by the idle time", () => {
    const logOff = { on: "log-off", at: 500 } as const;
    const { decisions } = play([scan(0, "S-7"), logOff, scan(1000, "P-1"), reading(1500)]);
    expect(decisions[3]?.reading?.binding?.by).toBeUndefined();
    expect(changesOf([scan(0, "S-7"), { on: "tick", at: 5 * minute }])).toEqual(["staff-on", "staff-off"]);
  });

  it("a visit is added to the patient who is there, and means nothing without one", () => {
    const { decisions } = play([scan(0, "P-1"), scan(100, "V-9"), reading(200)]);
    expect(decisions[2]?.reading?.binding?.subject).toEqual({ kind: "patient", patient: patient("1"), visit: "9" });
    expect(play([scan(0, "V-9")]).decisions[0]?.scan).toEqual({ accepted: false, reason: "no-patient-for-visit" });
  });

  it("one that could not be read ends the association, for the patient has changed to somebody unknown", () => {
    const steps = [scan(0, "P-1"), { on: "unreadable", at: 100 } as const, reading(50, 200), reading(200)];
    expect(fatesOf(steps)).toEqual(["1", "no-patient"]);
    expect(play(steps).decisions[1]?.scan).toEqual({ accepted: false, reason: "unreadable" });
  });

  it("a specimen takes nobody's place in an exam room, and is what a bench works on", () => {
    expect(fatesOf([scan(0, "P-1"), scan(100, "T-5"), reading(200)])).toEqual(["1"]);
    expect(fatesOf([scan(100, "T-5"), reading(200)], room({ kind: "lab-bench", unverified: "hold" }))).toEqual(["5"]);
  });
});

describe("a directory", () => {
  const hold = room({ unverified: "hold" });

  it("that has not answered leaves readings held, with whom the scan named", () => {
    expect(fatesOf([scan(0, "P-1"), reading(100)], hold)).toEqual(["1 unknown-patient"]);
  });

  it("that knows the patient releases them, late ones too", () => {
    const verified = { on: "patient-verified", at: 200, patient: patient("1") } as const;
    const steps = [scan(0, "P-1"), verified, reading(300), scan(400, "P-2"), reading(350, 500), reading(450, 500)];
    expect(fatesOf(steps, hold)).toEqual(["1", "1", "2 unknown-patient"]);
    expect(play(steps, hold).decisions[2]?.reading?.binding?.verified).toBe(true);
  });

  it("that answers for somebody else changes nothing", () => {
    const other = { on: "patient-verified", at: 200, patient: { ...patient("1"), authority: "OTHER" } } as const;
    expect(fatesOf([scan(0, "P-1"), other, reading(300)], hold)).toEqual(["1 unknown-patient"]);
  });

  it("that knows of no such patient leaves them held", () => {
    const unknown = { on: "patient-unknown", at: 200, patient: patient("1") } as const;
    expect(fatesOf([scan(0, "P-1"), unknown, reading(300)], hold)).toEqual(["1 unknown-patient"]);
    expect(changesOf([scan(0, "P-1"), unknown], hold)).toEqual(["opened", "unknown"]);
  });
});

describe("what the instrument itself reports", () => {
  const told = (measured: number, reported: { patient?: string; specimen?: string }) =>
    reading(measured, measured, { reported });

  it("confirms the scan, with or without the prefix of the code", () => {
    expect(fatesOf([scan(0, "P-1"), told(100, { patient: "1" }), told(100, { patient: "P-1" })])).toEqual(["1", "1"]);
  });

  it("contradicts the scan when it names another, or what is no identifier here", () => {
    const steps = [scan(0, "P-1"), told(100, { patient: "P-2" }), told(100, { patient: "0000000001" })];
    expect(fatesOf(steps)).toEqual(["conflicting-identifiers", "conflicting-identifiers"]);
    expect(fatesOf(steps, room({ trustInstrumentIds: true }))).toEqual([
      "conflicting-identifiers",
      "conflicting-identifiers",
    ]);
  });

  it("contradicts the scan when it names another issuer's patient of the same number", () => {
    const rules = [
      rule({ means: "patient", prefix: "H", pattern: "\\d{6}", authority: "HOSP" }),
      rule({ means: "patient", prefix: "L", pattern: "\\d{6}", authority: "LAB" }),
    ];
    const two = room({ barcodes: barcodeReader(rules, { authority: "CLINIC", type: "MR" }) });
    const after = (code: string) => fatesOf([scan(0, "H123456"), told(100, { patient: code })], two);
    expect(["H123456", "123456"].map(after)).toEqual([["123456"], ["123456"]]);
    expect(["L123456", "H123457"].map(after)).toEqual([["conflicting-identifiers"], ["conflicting-identifiers"]]);
  });

  it("names whom the rules say, also where its text is the number of the one scanned", () => {
    const rules = [
      rule({ means: "patient", prefix: "P", pattern: "\\d{6}" }),
      rule({ means: "patient", pattern: "\\d{6}", authority: "LAB" }),
    ];
    const two = room({ barcodes: barcodeReader(rules, { authority: "CLINIC", type: "MR" }) });
    const steps = [scan(0, "P123456"), told(100, { patient: "123456" })];
    expect(fatesOf(steps, two)).toEqual(["conflicting-identifiers"]);
  });

  it("is no binding by itself, unless the place trusts it", () => {
    expect(fatesOf([told(100, { patient: "P-1" })])).toEqual(["no-patient"]);
    const trusting = room({ trustInstrumentIds: true });
    const [decision] = play([told(100, { patient: "P-1" })], trusting).decisions;
    expect(decision?.reading?.binding).toEqual({
      subject: { kind: "patient", patient: patient("1") },
      since: "wall 100",
      method: "instrument",
      verified: false,
    });
  });

  it("must pass the rules of its kind, and never as staff", () => {
    const trusting = room({ trustInstrumentIds: true });
    for (const id of ["S-7", "P-x", "1", "T-5"])
      expect(fatesOf([told(0, { patient: id })], trusting)).toEqual(["no-patient"]);
    const barcodes = barcodeReader([rule({ means: "patient" }), rule({ means: "staff", prefix: "S-" })], {
      authority: "CLINIC",
      type: "MR",
    });
    expect(fatesOf([told(0, { patient: "S-7" })], { ...trusting, barcodes })).toEqual(["no-patient"]);
  });

  it("names the specimen first at a bench, the patient first in a room", () => {
    const both = told(0, { patient: "P-1", specimen: "T-5" });
    expect(fatesOf([both], room({ trustInstrumentIds: true }))).toEqual(["1"]);
    expect(fatesOf([both], room({ trustInstrumentIds: true, kind: "lab-bench" }))).toEqual(["5"]);
  });

  it("counts even where clocks do not tell when it was measured", () => {
    const trusting = room({ trustInstrumentIds: true, kind: "lab-bench" });
    const timeless = reading(0, 100, { measured: undefined, reported: { specimen: "T-5" } });
    expect(fatesOf([timeless], trusting)).toEqual(["5"]);
  });

  it("never gives a control measurement to anybody", () => {
    const control = reading(100, 100, { kind: "control", reported: { patient: "P-1" } });
    expect(fatesOf([scan(0, "P-1"), control], room({ trustInstrumentIds: true }))).toEqual(["control"]);
  });
});

describe("an instrument that is used in several rooms", () => {
  const pricked = (shared: boolean): Parameters<typeof play>[0][number] => ({
    on: "reading",
    at: 3 * minute,
    reading: { kind: "patient", measured: { from: 2 * minute, to: 2 * minute }, connectedSince: 2.5 * minute, shared },
  });

  it("brings nothing for whoever is here now, while one that belongs here does", () => {
    expect(fatesOf([scan(0, "P-1"), pricked(false)])).toEqual(["1"]);
    expect(fatesOf([scan(0, "P-1"), pricked(true)])).toEqual(["outside-association"]);
  });

  it("a visit that is not the patient's own ends the association", () => {
    const steps = [scan(0, "P-1"), scan(100, "V-1"), scan(200, "V-2"), reading(300)];
    expect(fatesOf(steps)).toEqual(["no-patient"]);
  });
});
