import { describe, expect, test } from "vitest";
import { goodSite, remarksOf, severityOf, site } from "./site-text.ts";

describe("names", () => {
  test("of places, devices and sinks stand once", async () => {
    const text = site("sinks:\n", "sinks:\n  - id: ehr\n    file: { path: /tmp/x }\n");
    expect(await remarksOf(text)).toEqual(["site.yaml:18:5  sinks[1].id: There is another sink “ehr” in line 16."]);
  });

  test("of places and profiles that are not there come with what was meant", async () => {
    expect(await remarksOf(site("place: exam-1", "place: exam-2"))).toEqual([
      "site.yaml:12:5  devices[0].place: There is no place “exam-2”. Did you mean “exam-1”?",
    ]);
    expect(await remarksOf(site("profile: test-scale", "profile: test-skale"))).toEqual([
      "site.yaml:13:5  devices[0].profile: There is no profile “test-skale”. Did you mean “test-scale”?",
    ]);
  });

  test("of time zones are IANA's", async () => {
    expect(await remarksOf(site("profile: test-scale", "profile: test-scale\n    timezone: Europe/Bern"))).toEqual([
      expect.stringContaining("devices[0].timezone: There is no time zone “Europe/Bern”"),
    ]);
  });
});

/** Said of a place. */
const trusting = "kind: lab-bench\n    trustInstrumentIds: true";

describe("barcode rules", () => {
  const rules = (text: string): string => site("      - means: patient\n        prefix: P\n", text);

  test("with a pattern that cannot be used are mistakes", async () => {
    expect(await remarksOf(rules('      - means: patient\n        pattern: "[0-9"\n'))).toEqual([
      "site.yaml:9:9  places[0].barcodes[0].pattern: This is refused.",
    ]);
  });

  test("below one that fits everything never fit, and a badge would be a patient", async () => {
    const remarks = await remarksOf(rules("      - means: patient\n      - means: staff\n        prefix: S\n"));
    expect(remarks).toEqual([
      expect.stringMatching(/^site\.yaml:8:9 .*taken for a patient and the rules below never fit/),
    ]);
  });

  test("that a wristband and a badge fit alike are a mistake, for the patient before would stay", async () => {
    const alike = rules(
      "      - { means: patient, pattern: '\\d{6}' }\n      - { means: staff, pattern: '\\d*', length: [5, 6] }\n",
    );
    expect(await remarksOf(alike)).toEqual([
      "site.yaml:8:9  places[0].barcodes[0]: A code such as “000000” fits this rule and the one in line 9, " +
        "which is tried first: a wristband would be taken for a badge, and whoever was there before would stay. " +
        "Tell them apart by prefix, pattern, length or symbologies.",
    ]);
    expect(await severityOf(alike)).toEqual(["mistake"]);
  });

  test("for badges that are a particular kind of what a wristband may hold come with a note", async () => {
    const layered = rules(
      "      - { means: staff, prefix: S, pattern: '\\d{6}' }\n      - { means: patient, pattern: '\\w+' }\n",
    );
    expect(await remarksOf(layered)).toEqual([expect.stringMatching(/^site.yaml:9:9 .*“S000000” fits this rule/)]);
    expect(await severityOf(layered)).toEqual(["note"]);
  });

  test("that an earlier one leaves no code for are mistakes; the particular before the general are not", async () => {
    const general = "      - { means: patient, pattern: '\\w{8}' }\n";
    const particular = "      - { means: done, prefix: P, pattern: '\\d{7}' }\n";
    expect(await remarksOf(rules(general + particular))).toEqual([
      expect.stringMatching(
        /^site.yaml:9:9 .*This rule never fits: the one in line 8 takes .*“P0000000”, for a wristband/,
      ),
    ]);
    expect(await remarksOf(rules(particular + general))).toEqual([]);
  });

  test("that a wristband and a tube's label fit alike are a mistake in an exam room, where a tube takes no place", async () => {
    const tubes = rules(
      "      - { means: specimen, pattern: '\\d{6,8}' }\n      - { means: patient, pattern: '\\d{8,9}' }\n",
    );
    expect(await remarksOf(tubes)).toEqual([
      expect.stringContaining("a wristband would be taken for a specimen, and whoever was there before would stay"),
    ]);
    expect(await severityOf(tubes)).toEqual(["mistake"]);
    const bench = tubes.replace("kind: exam-room", trusting);
    expect(await severityOf(bench)).toEqual(["note"]);
  });

  test("that share some codes alone come with a note", async () => {
    const some = rules(
      "      - { means: patient, pattern: '\\d{6,8}' }\n      - { means: specimen, pattern: '\\d{8,9}' }\n",
    );
    expect(await remarksOf(some)).toEqual([expect.stringContaining("taken for a wristband.")]);
    expect(await severityOf(some)).toEqual(["note"]);
  });

  test("of a bench that does not take an analyzer's word come with a note", async () => {
    const bench = rules("      - { means: specimen, prefix: S }\n").replace("kind: exam-room", "kind: lab-bench");
    expect(await remarksOf(bench)).toEqual([
      expect.stringContaining("Say “trustInstrumentIds: true” to take its word"),
    ]);
    expect(await remarksOf(bench.replace("kind: lab-bench", trusting))).toEqual([]);
  });

  test("without a patient or a specimen leave every reading to a person", async () => {
    expect(await remarksOf(rules("      - means: staff\n        prefix: S\n"))).toEqual([
      expect.stringContaining("every reading of this place waits for a person"),
    ]);
  });

  test("with lengths upside down are mistakes", async () => {
    expect(await remarksOf(rules("      - means: patient\n        length: [9, 3]\n"))).toEqual([
      "site.yaml:9:9  places[0].barcodes[0].length: 9 is more than 3.",
    ]);
  });
});

describe("a place", () => {
  const held = "is held as `unknown-patient`. Say “unverified: allow” to send them.";

  test("where nothing confirms a patient holds every reading of one, which is noted", async () => {
    const unsaid = site("    unverified: allow\n", "");
    expect(await remarksOf(unsaid)).toEqual([expect.stringContaining(held)]);
    expect(await severityOf(unsaid)).toEqual(["note"]);
    expect(await remarksOf(site("unverified: allow", "unverified: hold"))).toEqual([
      expect.stringMatching(/^site\.yaml:6:5 {2}places\[0\]\.unverified: /),
    ]);
  });

  test("of tubes alone needs nobody to confirm them", async () => {
    const tubes = site("    unverified: allow\n", "").replace("means: patient", "means: specimen");
    expect(await remarksOf(tubes.replace("patients: { authority: CLINIC }\n", ""))).toEqual([]);
  });

  test("whose patients' identifiers nobody is said to issue is noted, once and not where each rule says it", async () => {
    const unsaid = site("patients: { authority: CLINIC }\n", "");
    expect(await remarksOf(unsaid)).toEqual([
      expect.stringContaining("sent as issued by UNKNOWN-AUTHORITY (HL7 PID-3)"),
    ]);
    expect(await severityOf(unsaid)).toEqual(["note"]);
    expect(await remarksOf(unsaid.replace("prefix: P", "authority: CLINIC"))).toEqual([]);
  });
});

describe("a destination on the network", () => {
  const sink = (text: string): string =>
    site("    hl7: { host: ehr.clinic, port: 2575, insecure: true }\n", `    ${text}\n`);
  test.each([
    ["hl7: { host: a, port: 1 }", /Neither “tls” nor “insecure: true”/],
    ["mqtt: { url: mqtt://a }", /Neither mqtts:\/\/ nor “insecure: true”/],
    ["mqtt: { url: mqtt://a, tls: {} }", /no effect on an mqtt:\/\/ address/],
    ["hl7: { host: a, port: 1, tls: { cert: a.pem } }", /“key” is missing/],
    ["mqtt: { url: mqtts://a, passwordFile: p }", /“username” is missing/],
  ])("is a mistake as %s", async (text, said) => {
    expect(await remarksOf(sink(text))).toEqual([expect.stringMatching(said)]);
  });

  test.each([
    "hl7: { host: a, port: 1, tls: {} }",
    "mqtt: { url: mqtts://a }",
    "mqtt: { url: mqtt://a, insecure: true }",
  ])("is well as %s", async (text) => {
    expect(await remarksOf(sink(text))).toEqual([]);
  });

  test("that is missing altogether is worth a note", async () => {
    expect(await remarksOf(goodSite.replace(/^sinks:\n(?: .*\n)+/m, ""))).toEqual([
      expect.stringContaining("There is no destination"),
    ]);
  });
});
