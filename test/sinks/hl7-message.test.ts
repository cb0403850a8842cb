import fc from "fast-check";
import HL7 from "hl7-standard";
import { describe, expect, it } from "vitest";
import { type Message, parse } from "../../src/hl7/message.ts";
import type { Binding } from "../../src/model/patient.ts";
import type { Value } from "../../src/model/quantity.ts";
import { hl7Sink } from "../../src/sinks/hl7/hl7.ts";
import { zonedDtm } from "../../src/sinks/hl7/zone.ts";
import type { Content } from "../../src/sinks/sink.ts";
import { hostileText } from "../hl7/arbitraries.ts";
import { content, diastolic, group, reading, sinkConfig } from "./hl7-content.ts";

function textOf(what: Content, hl7: Readonly<Record<string, unknown>> = {}): string {
  return new TextDecoder().decode(hl7Sink(sinkConfig(hl7), { ackTimeoutMs: 1000 }).encode(what));
}

function messageOf(what: Content, hl7: Readonly<Record<string, unknown>> = {}): Message {
  const parsed = parse(textOf(what, hl7));
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.message;
}

const specimen: Binding = {
  subject: { kind: "specimen", specimen: "S-77" },
  since: "2026-11-23T14:00:00.000Z",
  method: "scan",
  verified: false,
};

describe("a blood pressure as ORU^R01", () => {
  it("is written whole", () => {
    expect(textOf(content([reading(), diastolic])).split("\r")).toEqual([
      "MSH|^~\\&|VITALWIRE||||20261123150511+0100||ORU^R01^ORU_R01|0ABCDEFGHIJKLMNOPQRS|P|2.5.1|||NE|AL||UNICODE UTF-8",
      "PID|1||123456^^^CLINIC^MR",
      `OBR|1||${group}-2694d7f6^VITALWIRE|85354-9^Blood pressure panel^LN|||20261123150509+0100|||||||||||||||20261123150511+0100|||F`,
      "OBX|1|NM|8480-6^Systolic blood pressure^LN^150021^MDC_PRESS_BLD_NONINV_SYS^MDC|13595425341585|118|mm[Hg]^mm[Hg]^UCUM|||||F|||||nurse7||SN1234^GE V100~monitor-1^gw1",
      "OBX|2|NM|8462-4^Diastolic blood pressure^LN^150022^MDC_PRESS_BLD_NONINV_DIA^MDC|13595425341586|76|mm[Hg]^mm[Hg]^UCUM|||||F|||||nurse7||SN1234^GE V100~monitor-1^gw1",
      "",
    ]);
  });

  it("is the same bytes each time", () => {
    expect(textOf(content([reading(), diastolic]))).toBe(textOf(content([reading(), diastolic])));
  });

  it("is read alike by hl7-standard", () => {
    const reader = new HL7(textOf(content([reading(), diastolic])), { lineEndings: "\r" });
    reader.transform();
    expect(reader.get("PID.3.1")).toBe("123456");
    expect(reader.get("OBX.3.1", 1)).toBe("8462-4");
    expect(reader.get("OBX.5", 0)).toBe("118");
    expect(reader.get("OBX.5", 1)).toBe("76");
  });
});

describe("a value", () => {
  const value = (v: Value): (string | undefined)[] => {
    const obx = messageOf(content([reading({ value: v })])).find("OBX");
    return [2, 5, 6, 8, 11].map((n) => obx?.field(n) || undefined);
  };
  const quantity = { kind: "quantity", number: 0, unit: "kg", wireUnit: "" } as const;

  it("is sent digit for digit as the instrument wrote it", () => {
    expect(value({ ...quantity, text: "098.60" })).toEqual(["NM", "098.60", "kg^kg^UCUM", undefined, "F"]);
  });

  it("names its unit by what it means, never by a word of the wire that reads as another unit", () => {
    expect(value({ ...quantity, text: "81.3", wireUnit: "m" })).toEqual(["NM", "81.3", "kg^kg^UCUM", undefined, "F"]);
  });

  it("beyond a bound is a structured number and flagged, never the limit alone", () => {
    const bounded: Value = { ...quantity, text: "600", unit: "mg/dL", wireUnit: "mg/dL", bound: ">" };
    expect(value(bounded)).toEqual(["SN", ">^600", "mg/dL^mg/dL^UCUM", ">", "F"]);
  });

  it("that is no plain number is text", () => {
    expect(value({ ...quantity, text: "1E2" })).toEqual(["ST", "1E2", "kg^kg^UCUM", undefined, "F"]);
    expect(value({ kind: "text", text: "2+" })).toEqual(["ST", "2+", undefined, undefined, "F"]);
    expect(value({ kind: "text", text: "x".repeat(200) })[0]).toBe("TX");
  });

  it("that is missing is empty and X, with the reason in words, and never a number", () => {
    const message = messageOf(content([reading({ value: { kind: "absent", reason: "failed", text: "000" } })]));
    expect(message.find("OBX")?.raw).toMatch(/^OBX\|1\|\|8480-6[^|]*\|\d+\|\|\|\|\|\|\|X\|/);
    expect(message.get("NTE-3")).toBe('No value: the measurement failed. The instrument wrote "000".');
  });

  it("can inject nothing, nor can any other text of an observation", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const nasty = reading({
          value: { kind: "quantity", text, number: 1, unit: text, wireUnit: text },
          code: { channel: text, display: text },
          flags: [text],
          binding: {
            subject: { kind: "patient", patient: { id: text, authority: text, type: text }, visit: text },
            since: "2026-11-23T14:00:00.000Z",
            method: "scan",
            by: text,
            verified: true,
          },
          times: { ...reading().times, source: "device-corrected", skewMs: 5000, device: { text } },
        });
        const message = messageOf(content([nasty]));
        const ids = message.segments.map((s) => s.id).filter((id) => id !== "NTE");
        expect(ids).toEqual(["MSH", "PID", "PV1", "OBR", "OBX"]);
        expect(message.get("OBX-5") ?? "").toBe(text);
        expect(message.get("PID-3") ?? "").toBe(text);
        expect(message.find("OBX")?.length).toBe(18);
      }),
    );
  });

  it("carries its flags where HL7 knows them, and otherwise in words", () => {
    const message = messageOf(content([reading({ flags: ["H", "MOTION", "A"] })]));
    expect(message.find("OBX")?.field(8)).toBe("H~A");
    expect(message.get("NTE-3")).toBe("Flags of the instrument: MOTION");
    expect(
      messageOf(content([reading({ flags: ["H", "A"] })]), { version: "2.4" })
        .find("OBX")
        ?.field(8),
    ).toBe("H");
  });
});

describe("status", () => {
  const of = (purpose: Content["purpose"], change: Parameters<typeof reading>[0] = {}, hl7 = {}): string | undefined =>
    messageOf(content([reading(change)], { purpose }), hl7).get("OBX-11");

  it("is what the site says of a bound reading, and never more than the instrument claimed", () => {
    expect(of("result")).toBe("F");
    expect(of("result", {}, { verified: "R" })).toBe("R");
    expect(of("result", { status: "preliminary" })).toBe("P");
    expect(of("result", { status: "unverified" })).toBe("R");
    expect(of("result", { status: "corrected" })).toBe("C");
  });

  it("of a withdrawal is W under the same OBR-3, OBX-3 and OBX-4, whatever else the message holds", () => {
    const sent = messageOf(content([reading(), diastolic]));
    const withdrawn = messageOf(content([diastolic], { purpose: "withdrawal", controlId: "2" }));
    expect(withdrawn.get("OBX-11")).toBe("W");
    expect(withdrawn.get("PID-3")).toBe(sent.get("PID-3"));
    expect(withdrawn.find("OBR")?.field(3)).toBe(sent.find("OBR")?.field(3));
    for (const n of [3, 4, 5]) expect(withdrawn.find("OBX")?.field(n)).toBe(sent.find("OBX", 2)?.field(n));
    expect(of("withdrawal", { value: { kind: "absent", reason: "failed" } })).toBe("W");
  });

  it("of a group refiled under another patient is C under another OBR-3", () => {
    const patient = { id: "654321", authority: "CLINIC", type: "MR" };
    const binding: Binding = { ...specimen, subject: { kind: "patient", patient } };
    const refiled = messageOf(content([reading({ binding })], { purpose: "correction" }));
    expect(refiled.get("OBX-11")).toBe("C");
    expect(refiled.get("OBR-25")).toBe("C");
    expect(refiled.get("OBR-3")).toMatch(new RegExp(`^${group}-[0-9a-f]{8}$`));
    expect(refiled.get("OBR-3")).not.toBe(messageOf(content([reading()])).get("OBR-3"));
  });
});

describe("whose it is", () => {
  it("is told with the visit where one is known", () => {
    const subject = { kind: "patient", patient: { id: "1", authority: "A", type: "PI" }, visit: "V9" } as const;
    const message = messageOf(content([reading({ binding: { ...specimen, subject } })]));
    expect([message.get("PID-3"), message.get("PID-3.4"), message.get("PID-3.5")]).toEqual(["1", "A", "PI"]);
    expect([message.get("PV1-2"), message.get("PV1-19"), message.get("PV1-19.5")]).toEqual(["U", "V9", "VN"]);
  });

  it("is the specimen alone where no patient is known", () => {
    const message = messageOf(content([reading({ binding: specimen, reported: { patient: "999" } })]));
    expect(message.segments.map((s) => s.id)).toEqual(["MSH", "OBR", "OBX", "SPM"]);
    expect(message.get("SPM-2")).toBe("S-77");
    expect(message.toString()).not.toContain("999");
  });

  it("is both where the patient was bound and the instrument told the specimen", () => {
    const message = messageOf(content([reading({ reported: { specimen: "S-78" } })]));
    expect(message.segments.map((s) => s.id)).toEqual(["MSH", "PID", "OBR", "OBX", "SPM"]);
    expect(message.get("SPM-2")).toBe("S-78");
  });

  it("stands in the filler's own field in versions that have no SPM", () => {
    const message = messageOf(content([reading({ binding: specimen })]), { version: "2.4" });
    expect(message.find("SPM")).toBeUndefined();
    expect(message.get("OBR-20")).toBe("S-77");
  });

  it("is nobody for a control, even if somebody was bound", () => {
    const message = messageOf(content([reading({ kind: "control" })]));
    expect(message.find("PID")).toBeUndefined();
    expect(message.get("SPM-11")).toBe("Q");
    expect(message.get("NTE-3")).toBe("Quality control measurement. Not a patient's result.");
    expect(message.get("OBR-3")).toBe(group);
  });
});

describe("times", () => {
  it("carry the site's offset, in summer and in winter, and on both sides of the change", () => {
    expect(zonedDtm("2026-07-01T12:00:00Z", "Europe/Zurich")).toBe("20260701140000+0200");
    expect(zonedDtm("2026-10-25T00:59:59Z", "Europe/Zurich")).toBe("20261025025959+0200");
    expect(zonedDtm("2026-10-25T01:00:00Z", "Europe/Zurich")).toBe("20261025020000+0100");
    expect(zonedDtm("2026-03-29T01:00:00Z", "Europe/Zurich")).toBe("20260329030000+0200");
    expect(zonedDtm("2026-11-23T23:30:00Z", "Asia/Kolkata")).toBe("20261124050000+0530");
    expect(zonedDtm("2026-01-01T03:15:00Z", "America/St_Johns")).toBe("20251231234500-0330");
    expect(zonedDtm("2026-01-01T00:00:00.999Z", "UTC")).toBe("20260101000000+0000");
  });

  it("name the same instant in any zone", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("1980-01-01"), max: new Date("2050-01-01"), noInvalidDate: true }),
        fc.constantFrom("Europe/Zurich", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"),
        (date, zone) => {
          const dtm = zonedDtm(date.toISOString(), zone);
          const [, y, mo, d, h, mi, s, oh, om] = /^(....)(..)(..)(..)(..)(..)([+-]..)(..)$/.exec(dtm) ?? [];
          expect(Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}${oh}:${om}`)).toBe(
            Math.floor(date.getTime() / 1000) * 1000,
          );
        },
      ),
    );
  });

  it("stand with the observation where they differ from the group's", () => {
    const later = { ...diastolic, times: { ...diastolic.times, measured: "2026-11-23T14:06:00.000Z" } };
    const message = messageOf(content([reading(), later]));
    expect(message.get("OBX[1]-14")).toBeUndefined();
    expect(message.get("OBX[2]-14")).toBe("20261123150600+0100");
  });

  it("that were corrected or are in doubt say so, once for the group", () => {
    const times = {
      ...reading().times,
      source: "device-corrected",
      skewMs: -200_000,
      device: { text: "23.11.26 15:01" },
      received: { ...reading().times.received, quality: "unsynchronised" },
    } as const;
    const message = messageOf(content([reading({ times }), { ...diastolic, times }]));
    expect(message.segments.map((s) => s.id)).toEqual(["MSH", "PID", "OBR", "NTE", "NTE", "OBX", "OBX"]);
    expect(message.get("NTE-3")).toBe(
      `Time corrected: the instrument's clock was 200 s behind. It showed "23.11.26 15:01".`,
    );
    const mixed = messageOf(content([reading({ times }), diastolic]));
    expect(mixed.segments.map((s) => s.id)).toEqual(["MSH", "PID", "OBR", "OBX", "NTE", "NTE", "OBX"]);
  });
});

describe("other versions and codes", () => {
  it("put MDC first, with its units, and claim PCD-01 in 2.6 alone", () => {
    const message = messageOf(content([reading()]), { version: "2.6", codes: "mdc" });
    expect(message.find("OBX")?.field(3)).toBe("150021^MDC_PRESS_BLD_NONINV_SYS^MDC^8480-6^Systolic blood pressure^LN");
    expect(message.find("OBX")?.field(6)).toBe("266016^MDC_DIM_MMHG^MDC^mm[Hg]^mm[Hg]^UCUM");
    expect(message.get("OBX-4")).toBe("1.0.0.13595425341585");
    expect(message.get("OBX-4")?.length).toBeLessThanOrEqual(20);
    expect(message.get("OBX-21")).toBe(reading().id);
    expect(message.get("MSH-21.3")).toBe("1.3.6.1.4.1.19376.1.6.1.1.1");
    expect(messageOf(content([reading()]), { codes: "mdc" }).get("MSH-21")).toBeUndefined();
    expect(messageOf(content([reading()]), { version: "2.6" }).get("MSH-21")).toBeUndefined();
  });

  it("leave out what they do not have", () => {
    const old = messageOf(content([reading()]), { version: "2.3" });
    expect(old.find("MSH")?.field(9)).toBe("ORU^R01");
    expect(old.find("OBX")?.length).toBe(16);
    expect(old.get("MSH-12")).toBe("2.3");
  });

  it("fall back on the instrument's own name, as a local code", () => {
    const message = messageOf(content([reading({ code: { channel: "PI", display: "Perfusion" } })]));
    expect(message.find("OBX")?.field(3)).toBe("PI^Perfusion^L");
  });

  it("call a mixed group monitoring, and a single measurement by its own code", () => {
    const pulse = reading({ code: { channel: "PR", loinc: "8867-4", display: "Heart rate" } });
    expect(
      messageOf(content([reading(), pulse]))
        .find("OBR")
        ?.field(4),
    ).toBe("182777000^monitoring of patient^SCT");
    expect(
      messageOf(content([pulse]))
        .find("OBR")
        ?.field(4),
    ).toBe("8867-4^Heart rate^LN");
  });
});
