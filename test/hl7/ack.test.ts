import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ackCodes, buildAck, readAck } from "../../src/hl7/ack.ts";
import { parse } from "../../src/hl7/message.ts";
import { hostileText } from "./arbitraries.ts";
import { continuaBloodPressure, simhospitalVitals } from "./messages.ts";

const at = "20261123140509+0100";

function ackOf(text: string, answer: Partial<Parameters<typeof buildAck>[1]> = {}): string {
  const parsed = parse(text);
  return buildAck(parsed.ok ? parsed.message : undefined, { code: "AA", controlId: "1", at, ...answer });
}

describe("an acknowledgement", () => {
  it("swaps sender and receiver and echoes control id, version and processing id", () => {
    expect(ackOf(simhospitalVitals)).toBe(
      "MSH|^~\\&|RAPP|RFAC|SIMHOSP|SFAC|20261123140509+0100||ACK^R01|1|T|2.3\rMSA|AA|9\r",
    );
    expect(ackOf(continuaBloodPressure)).toContain(
      "|AcmeInc^ACDE48234567ABCD^EUI-64||20261123140509+0100||ACK^R01^ACK|1|P|2.6\r",
    );
  });

  it("says what is wrong, in ERR from version 2.5", () => {
    const answer = { code: "AE", text: "no such | patient", error: "207" } as const;
    expect(ackOf(continuaBloodPressure, answer)).toContain("ERR|||207^^HL70357|E||||no such \\F\\ patient\r");
    expect(ackOf(simhospitalVitals, answer)).not.toContain("ERR");
    expect(readAck(ackOf(continuaBloodPressure, answer))).toEqual({
      code: "AE",
      controlId: "MSGID1234",
      text: "no such | patient; 207",
    });
  });

  it("of something that was no message has no id to echo", () => {
    expect(readAck(ackOf("hello", { code: "AR" }))).toEqual({ code: "AR", controlId: "" });
  });

  it("is read back as it was written, whatever its words", () => {
    fc.assert(
      fc.property(fc.constantFrom(...ackCodes), hostileText, hostileText, (code, id, words) => {
        const message = parse("MSH|^~\\&|A|B|C|D|||ORU^R01|7|P|2.5.1\r");
        if (!message.ok) throw new Error(message.problem);
        const ack = readAck(buildAck(message.message, { code, controlId: id, at, text: words }));
        expect(ack).toEqual({ code, controlId: "7", ...(words === "" ? {} : { text: words }) });
      }),
    );
  });

  it("with segments ended by line feeds is read", () => {
    expect(readAck("MSH|^~\\&|A\nMSA|AA|X1\n")).toEqual({ code: "AA", controlId: "X1" });
  });

  it.each(["", "OK", "\x06", "MSH|^~\\&|A\r", "MSH|^~\\&|A\rMSA||X1\r", "MSH|^~\\&|A\rMSA|ZZ|X1\r", "MSA|AA|X1\r"])(
    "that is none is not read as one: %j",
    (text) => expect(readAck(text)).toBeUndefined(),
  );
});
