import { describe, expect, it } from "vitest";
import { Documents } from "../../drivers/poct1-a/documents.ts";
import { driver } from "../../drivers/poct1-a/driver.ts";
import { message, value } from "../../drivers/poct1-a/messages.ts";
import { find, parseXml, textOf } from "../../drivers/poct1-a/xml.ts";
import { type Answer, collect, joined, VirtualTime } from "../../src/driver-kit/replay.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

const head = (controlId: number) => ({ controlId, createdAt: "2026-11-23T14:00:00" });
const status = message("DST.R01", head(1), `<DST>${value("DST.new_observations_qty", "1")}</DST>`);
const end = message("EOT.R01", head(9), "<EOT/>");

function results(controlId: number, content = ""): Uint8Array {
  const test = `<OBS>${value("OBS.observation_id", "HbA1c")}<OBS.value V="5.9" U="%"/></OBS>`;
  return message("OBS.R01", head(controlId), `<SVC>${value("SVC.sequence_nbr", "7")}${content}<PT>${test}</PT></SVC>`);
}

/** What is said in answer to each piece: the type of each message, and of acknowledgements their code and id. */
function conversation(answer: Answer | ((receipt: number) => Answer) = "stored") {
  const time = new VirtualTime(driver.session(driver.options.parse({ tests: { HbA1c: ["%"] } })), answer);
  time.give({ on: "open" });
  const shown = (actions: ReturnType<VirtualTime["give"]>) => {
    const written = joined(actions.flatMap((action) => (action.do === "write" ? [action.bytes] : [])));
    return new Documents(65_536).push(written).map((piece) => {
      const root = piece.is === "document" ? parseXml(piece.text) : undefined;
      const [code, of] = ["ACK.type_cd", "ACK.ack_control_id"].map((name) => textOf(find(root, "ACK", name)));
      return code === "" ? (root?.name ?? "") : `${code} ${of}`;
    });
  };
  return {
    say: (...messages: readonly Uint8Array[]) => shown(time.give({ on: "data", bytes: joined(messages) })),
    stored: (receipt: number) => shown(time.give({ on: "stored", receipt })),
    wait: (ms: number) => shown(time.advance(time.now + ms)),
    get findings() {
      return collect(time.steps).findings;
    },
    get discards() {
      return collect(time.steps).discards.map(({ reason }) => reason);
    },
  };
}

describe("a conversation", () => {
  it("asks for results, acknowledges them once stored, and goes on continuously", () => {
    const on = conversation();
    expect(on.say(status)).toEqual(["AA 1", "REQ.R01"]);
    expect(on.say(results(2))).toEqual(["AA 2"]);
    expect(on.say(end)).toEqual(["DTV.R01"]);
  });

  it("goes on only after what came before the end is stored", () => {
    const on = conversation("none");
    on.say(status);
    expect(on.say(results(2), results(3), end)).toEqual([]);
    expect(on.stored(2)).toEqual(["AA 3"]);
    expect(on.stored(1)).toEqual(["AA 2", "DTV.R01"]);
  });

  it("refuses what could not be stored, and asks for it again instead of going on", () => {
    const on = conversation((receipt) => (receipt === 1 ? "refused" : "stored"));
    on.say(status);
    expect(on.say(results(2))).toEqual(["AE 2"]);
    expect(on.say(end)).toEqual([]);
    expect(on.wait(30_000)).toEqual(["REQ.R01"]);
    expect(on.say(results(3))).toEqual(["AA 3"]);
    expect(on.say(end)).toEqual(["DTV.R01"]);
  });

  it("refuses more than it can keep waiting", () => {
    const on = conversation("none");
    expect(on.say(...Array.from({ length: 9 }, (_, i) => results(i + 2)))).toEqual(["AE 10"]);
  });

  it("goes on where the instrument has nothing to answer the request with", () => {
    const on = conversation();
    on.say(status);
    const refusal = `<ACK>${value("ACK.type_cd", "AE")}${value("ACK.ack_control_id", "2")}</ACK>`;
    expect(on.say(message("ACK.R01", head(2), refusal))).toEqual(["DTV.R01"]);
  });
});

describe("documents", () => {
  it("after one that lost its end are read", () => {
    const on = conversation();
    const cut = results(2).subarray(0, 200);
    expect(on.say(cut, results(3))).toEqual(["AA 3"]);
    expect(on.discards).toEqual(["cut"]);
  });

  it.each(['<!DOCTYPE x [<!ENTITY e "1">]>', "<![CDATA[x]]>", "&e;"])("with %s in them are not taken", (strange) => {
    const on = conversation();
    const text = latin1(results(2)).replace("<SVC>", `<SVC>${strange === "&e;" ? '<X V="&e;"/>' : strange}`);
    expect(on.say(bytesOf(text))).toEqual([]);
    expect(on.findings).toEqual([]);
  });

  it("may hold character references and comments", () => {
    const on = conversation();
    on.say(results(2, '<!-- don\'t < mind --><OPR><OPR.operator_id V="M&#252;ller &amp; Co"/></OPR>'));
    expect(on.findings[0]?.reported?.operator).toBe("Müller & Co");
  });

  it.each(["<a><b></a></b>", "<a b=1/>", '<a b="1" b="2"/>', "<a/><b/>", "x<a/>", '<a b="<"/>', "<a", "", "&amp;"])(
    "%j is no XML",
    (text) => expect(parseXml(text)).toBeUndefined(),
  );
});

describe("a result", () => {
  const observation = (text: string, more = "") =>
    `<OBS>${value("OBS.observation_id", "HbA1c")}<OBS.value V="${text}" U="%"/>${more}</OBS>`;
  const reported = (...content: readonly string[]) => {
    const on = conversation();
    on.say(status, message("OBS.R01", head(2), `<SVC>${content.join("")}</SVC>`));
    return on.findings.map((found) => [found.value.text, found.reported?.patient]);
  };
  const person = (id: string) => value("PT.patient_id", id);

  it("is of the patient in whose element it stands, or of the only one", () => {
    expect(reported(`<PT>${person("P1")}${observation("5.1")}</PT>`)).toEqual([["5.1", "P1"]]);
    expect(reported(`<PT>${person("P1")}</PT>`, observation("5.1"))).toEqual([["5.1", "P1"]]);
    expect(
      reported(`<PT>${person("P1")}${observation("5.1")}</PT>`, `<PT>${person("P2")}${observation("9.9")}</PT>`),
    ).toEqual([
      ["5.1", "P1"],
      ["9.9", "P2"],
    ]);
  });

  it("is of nobody where its element names nobody, or several", () => {
    expect(reported(`<PT>${observation("5.2")}</PT>`, `<PT>${person("P2")}</PT>`)).toEqual([["5.2", undefined]]);
    expect(reported(`<PT>${person("P1")}</PT><PT>${person("P2")}</PT>`, observation("5.3"))).toEqual([
      ["5.3", undefined],
    ]);
    expect(reported(`<PT>${person("P1")}${person("P2")}${observation("5.4")}</PT>`)).toEqual([["5.4", undefined]]);
  });

  it("that cannot be read is refused, wherever it stands", () => {
    const on = conversation();
    on.say(status);
    const inside = `<SVC><PT>${observation("5.1")}</PT></SVC>`;
    expect(on.say(message("OBS.R01", head(2), `<PT>${observation("5.1")}</PT>`))).toEqual(["AE 2"]);
    expect(on.say(message("OBS.R01", head(3), `${inside}<PT>${observation("5.2")}</PT>`))).toEqual(["AE 3"]);
    expect(on.say(message("OBS.R03", head(4), inside))).toEqual(["AE 4"]);
    expect(on.say(message("EVS.R01", head(5), "<EVT/>"))).toEqual(["AA 5"]);
    expect(on.findings).toEqual([]);
    expect(on.discards).toEqual(["malformed", "malformed", "malformed", "not-a-reading"]);
  });

  it("that somebody typed in is not verified", () => {
    const on = conversation();
    const typed = observation("5.1", value("OBS.method_cd", "I"));
    const measured = observation("5.2", value("OBS.method_cd", "M"));
    on.say(status, message("OBS.R01", head(2), `<SVC><PT>${typed}${measured}</PT></SVC>`));
    expect(on.findings.map((found) => found.status)).toEqual(["unverified", "final"]);
  });
});
