import { describe, expect, test } from "vitest";
import { hl7SinkSchema, placeSchema } from "../src/config/site.ts";
import { createDesk, type Desk } from "../src/desk.ts";
import { parse } from "../src/hl7/message.ts";
import { type Journal, JournalError } from "../src/journal/journal.ts";
import type { HoldReason, Observation } from "../src/model/observation.ts";
import { createPlaces } from "../src/places.ts";
import { address } from "../src/sinks/address.ts";
import { hl7Sink } from "../src/sinks/hl7/hl7.ts";
import { journalForTest } from "./kit/journals.ts";
import { mint, sampleObservation } from "./kit/sample.ts";

const at = "2026-11-23T14:10:00.000Z";
const by = "N. Okafor";
const sinks = ["ehr", "lab"].map((id) => ({
  kinds: ["patient"] as const,
  sink: hl7Sink(hl7SinkSchema.parse({ id, hl7: { host: "localhost", port: 1, insecure: true } }), { ackTimeoutMs: 1 }),
}));
const places = createPlaces({
  patients: { authority: "CLINIC", type: "MR" },
  places: [
    placeSchema.parse({
      id: "room-4",
      kind: "exam-room",
      barcodes: [
        { means: "patient", prefix: "P", pattern: "\\d{4}" },
        { means: "patient", prefix: "GS", check: "luhn", authority: "HOSPITAL", type: "PI" },
        { means: "patient", pattern: "CANARY-\\d{4}" },
        { means: "specimen", pattern: "S-\\d" },
      ],
    }),
  ],
});
const postmark = { at, site: "north", gateway: "gw-1", timezone: "Europe/Zurich", mint };

interface Message {
  readonly sink: string;
  readonly state: string;
  /** PID-3, or SPM-2. */
  readonly whose: string | undefined;
  /** OBX-11 and OBX-5 of each OBX. */
  readonly says: readonly string[];
}

/** A desk over a real journal that holds these readings; those that are ready are queued for both sinks. */
async function deskWith(...observations: readonly Observation[]) {
  const { journal } = await journalForTest();
  const ready = observations.filter(({ standing }) => standing.state === "ready");
  await journal.append({ observations, events: [], deliveries: address(ready, sinks, postmark, "result") });
  const desk = openDesk(journal);
  const messages = async (): Promise<readonly Message[]> => {
    const rows = (await journal.deliveries({ limit: 100 })).toReversed();
    return Promise.all(
      rows.map(async ({ id, sink, state }) => {
        const read = parse(new TextDecoder().decode(await journal.deliveryBytes(id)));
        if (!read.ok) throw new Error(read.problem);
        const { message } = read;
        const says = message.all("OBX").map((obx) => `${obx.get(11)} ${obx.get(5)}`);
        return { sink, state, whose: message.get("PID-3.1") ?? message.get("SPM-2.1"), says };
      }),
    );
  };
  const standings = async (): Promise<readonly string[]> => {
    const rows = await journal.observations({ limit: 100, ids: observations.map(({ id }) => id) });
    return rows
      .toReversed()
      .map(({ observation: { standing } }) => (standing.state === "held" ? standing.reasons.join() : standing.state));
  };
  /** Both sinks take all that is queued. */
  const deliver = async (): Promise<void> => {
    for (const { sink } of sinks) {
      const claimed = await journal.claim(sink.id, 100, 0);
      await journal.settle(claimed.map(({ id }) => ({ id, state: "delivered", at })));
    }
  };
  return { journal, desk, messages, standings, deliver };
}

function openDesk(journal: Journal): Desk {
  return createDesk({
    journal,
    now: () => at,
    patients: { authority: "CLINIC", type: "MR" },
    typed: places.typed,
    address: (observations, purpose) => address(observations, sinks, postmark, purpose),
  });
}

const held = (reasons: readonly HoldReason[], over: Partial<Observation> = {}): Observation => {
  const { binding: _, ...unbound } = sampleObservation({ standing: { state: "held", reasons }, ...over });
  return unbound;
};
const pressure = (channel: string, text: string, over: Partial<Observation> = {}) => ({
  group: "bp-1",
  code: { channel, display: channel, loinc: channel === "SYS" ? "8480-6" : "8462-4" },
  value: { kind: "quantity", text, number: Number(text), unit: "mm[Hg]", wireUnit: "mmHg" } as const,
  ...over,
});
type Act = Parameters<Desk["act"]>[0];
const attach = (ids: string[], over: Partial<Extract<Act, { do: "attach" }>> = {}): Act => ({
  do: "attach",
  ids,
  subject: { patient: "0007" },
  accept: [],
  by,
  ...over,
});
const release = (ids: string[], accept: Extract<Act, { do: "release" }>["accept"] = []): Act => ({
  do: "release",
  ids,
  accept,
  by,
  reason: "looked into it",
});
/** A pressure of one moment: the one half filed under its patient, the other held for these reasons. */
const halves = (reasons: readonly HoldReason[]): readonly [Observation, Observation] => {
  const sys = sampleObservation(pressure("SYS", "118"));
  return [sys, { ...sampleObservation(pressure("DIA", "76")), times: sys.times, standing: { state: "held", reasons } }];
};
const notAllowed = expect.objectContaining({ code: "NOT_ALLOWED" });
const namesMove = expect.objectContaining({
  code: "NOT_ALLOWED",
  message: expect.stringMatching(/\bmove takes it back/),
});

describe("attaching", () => {
  test("gives a held reading to the patient named, sends it to all, and keeps who said so", async () => {
    const reading = held(["no-patient"]);
    const { journal, desk, messages } = await deskWith(reading);
    const done = await desk.act({
      do: "attach",
      ids: [reading.id],
      subject: { patient: "0007" },
      accept: [],
      by,
      reason: "asked her",
    });
    expect(done).toEqual([{ id: reading.id, now: "ready" }]);
    expect(await messages()).toEqual(
      ["ehr", "lab"].map((sink) => ({ sink, state: "queued", whose: "0007", says: ["F 118"] })),
    );
    const [row] = await journal.observations({ limit: 1 });
    const patient = { id: "0007", authority: "CLINIC", type: "MR" };
    expect(row?.observation.binding).toMatchObject({ subject: { kind: "patient", patient }, method: "person", by });
    const [event] = await journal.events({ limit: 1 });
    expect(event).toMatchObject({ type: "reading-attach", by, data: { reason: "asked her", subject: { patient } } });
  });

  test("takes what was measured together together, whichever of it is named", async () => {
    const [sys, dia] = [held(["no-patient"], pressure("SYS", "118")), held(["no-patient"], pressure("DIA", "76"))];
    const { desk, messages } = await deskWith(sys, dia);
    await desk.act(attach([dia.id]));
    expect((await messages())[0]?.says).toEqual(["F 118", "F 76"]);
    expect((await messages()).length).toBe(2);
  });

  test("leaves what is doubtful held, and lets it go once the doubt is named", async () => {
    const reading = held(["no-patient", "implausible"]);
    const { desk, messages, standings } = await deskWith(reading);
    await desk.act(attach([reading.id]));
    expect(await standings()).toEqual(["implausible"]);
    expect(await messages()).toEqual([]);
    await expect(desk.act(release([reading.id]))).rejects.toThrow("--accept");
    await desk.act(release([reading.id], ["implausible"]));
    expect((await messages()).map(({ whose }) => whose)).toEqual(["0007", "0007"]);
  });

  test.each(["control", "demo"] as const)("refuses a %s measurement, and changes nothing", async (kind) => {
    const reading = held([kind], { kind });
    const { journal, desk, messages, standings } = await deskWith(reading);
    await expect(desk.act(attach([reading.id]))).rejects.toEqual(notAllowed);
    expect(await standings()).toEqual([kind]);
    expect(await messages()).toEqual([]);
    expect(await journal.events({ limit: 10 })).toEqual([]);
  });

  test("refuses a reading that is on its way already: moving is another act", async () => {
    const reading = sampleObservation();
    const { desk, messages } = await deskWith(reading);
    await expect(desk.act(attach([reading.id]))).rejects.toEqual(namesMove);
    expect((await messages()).map(({ whose }) => whose)).toEqual(["CANARY-0012", "CANARY-0012"]);
  });

  test("takes a specimen in place of a patient", async () => {
    const reading = held(["no-patient"]);
    const { desk, messages } = await deskWith(reading);
    await desk.act(attach([reading.id], { subject: { specimen: "S-1" } }));
    expect((await messages())[0]?.whose).toBe("S-1");
  });
});

describe("an identifier that a person typed", () => {
  const refused = expect.objectContaining({ code: "IDENTIFIER_REFUSED" });

  test.each([
    ["P0007", { id: "0007", authority: "CLINIC", type: "MR" }],
    ["0007", { id: "0007", authority: "CLINIC", type: "MR" }],
    ["GS79927398713", { id: "79927398713", authority: "HOSPITAL", type: "PI" }],
    ["79927398713", { id: "79927398713", authority: "HOSPITAL", type: "PI" }],
  ])("names whom a scan of the band would have named: %s", async (typed, patient) => {
    const reading = held(["no-patient"]);
    const { journal, desk } = await deskWith(reading);
    await desk.act(attach([reading.id], { subject: { patient: typed } }));
    const [row] = await journal.observations({ limit: 1 });
    expect(row?.observation.binding?.subject).toEqual({ kind: "patient", patient });
  });

  test.each([
    [{ patient: "00071" }, "check digit"],
    [{ patient: "GS79927398731" }, "check digit"],
    [{ patient: "0007", authority: "ELSEWHERE" }, "no barcode rule"],
    [{ patient: "S-1" }, "something else"],
    [{ specimen: "0007" }, "pattern"],
    [{ specimen: "S-12" }, "pattern"],
  ])("that no band or label of the place bears is refused, and nothing is changed: %j", async (subject, why) => {
    const [reading, there] = [held(["no-patient"]), sampleObservation()];
    const { journal, desk, messages, standings } = await deskWith(reading, there);
    const before = await messages();
    await expect(desk.act(attach([reading.id], { subject }))).rejects.toEqual(refused);
    await expect(desk.act(attach([reading.id], { subject }))).rejects.toThrow(why);
    await expect(desk.act({ do: "move", ids: [there.id], subject, by, reason: "wrong band" })).rejects.toEqual(refused);
    expect(await standings()).toEqual(["no-patient", "ready"]);
    expect(await messages()).toEqual(before);
    expect(await journal.events({ limit: 10 })).toEqual([]);
  });

  test("is taken as it stands where somebody says so, and the record says that too", async () => {
    const reading = held(["no-patient"]);
    const { journal, desk, messages } = await deskWith(reading);
    await desk.act(attach([reading.id], { subject: { patient: "X-1" }, asTyped: true }));
    expect((await messages()).map(({ whose }) => whose)).toEqual(["X-1", "X-1"]);
    const [event] = await journal.events({ limit: 1 });
    expect(event?.data).toMatchObject({ asTyped: true, subject: { patient: { id: "X-1", authority: "CLINIC" } } });
    await expect(
      desk.act({ do: "move", ids: [reading.id], subject: { patient: "X-2 " }, asTyped: true, by, reason: "no" }),
    ).rejects.toEqual(refused);
  });

  test("is refused for all readings named where one place has no rule for it", async () => {
    const elsewhere = { ...sampleObservation().device, place: "bench-1" };
    const [here, there] = [held(["no-patient"]), held(["no-patient"], { device: elsewhere })];
    const { desk, standings } = await deskWith(here, there);
    await expect(desk.act(attach([here.id, there.id]))).rejects.toThrow("bench-1: no barcode rule");
    expect(await standings()).toEqual(["no-patient", "no-patient"]);
  });
});

describe("releasing", () => {
  test("refuses a reading of nobody", async () => {
    const reading = held(["no-patient"]);
    const { desk, standings } = await deskWith(reading);
    await expect(desk.act(release([reading.id]))).rejects.toEqual(notAllowed);
    expect(await standings()).toEqual(["no-patient"]);
  });

  test("refuses what has no meaning, whatever is accepted", async () => {
    const reading = sampleObservation({ standing: { state: "held", reasons: ["unmapped-unit"] } });
    const { desk, standings } = await deskWith(reading);
    await expect(
      desk.act(release([reading.id], ["implausible", "device-clock", "host-clock", "unproven-profile"])),
    ).rejects.toEqual(notAllowed);
    expect(await standings()).toEqual(["unmapped-unit"]);
  });
});

describe("holding", () => {
  test("stops what no sink has had, for good, until somebody releases it as a new message", async () => {
    const reading = sampleObservation();
    const { desk, messages, standings, deliver } = await deskWith(reading);
    await desk.act({ do: "hold", ids: [reading.id], by, reason: "not sure" });
    await deliver();
    expect((await messages()).map(({ state }) => state)).toEqual(["abandoned", "abandoned"]);
    expect(await standings()).toEqual(["by-person"]);
    await desk.act(release([reading.id]));
    await deliver();
    expect((await messages()).map(({ state }) => state)).toEqual(["abandoned", "abandoned", "delivered", "delivered"]);
  });

  test("refuses what one sink has had, even where the other has not", async () => {
    const reading = sampleObservation();
    const { journal, desk, messages, standings } = await deskWith(reading);
    await journal.claim("ehr", 1, 0);
    await expect(desk.act({ do: "hold", ids: [reading.id], by, reason: "too late" })).rejects.toEqual(namesMove);
    expect((await messages()).map(({ state }) => state)).toEqual(["sending", "queued"]);
    expect(await standings()).toEqual(["ready"]);
  });
});

describe("discarding", () => {
  test("is for good: who and why is kept, and nothing can be done with it any more", async () => {
    const reading = held(["no-patient"]);
    const { journal, desk, messages, standings } = await deskWith(reading);
    await desk.act({ do: "discard", ids: [reading.id], by, reason: "somebody leaned on the scale" });
    expect(await standings()).toEqual(["discarded"]);
    const [row] = await journal.observations({ limit: 1 });
    expect(row?.observation.standing).toEqual({ state: "discarded", by, reason: "somebody leaned on the scale" });
    await expect(desk.act(attach([reading.id]))).rejects.toEqual(notAllowed);
    expect(await messages()).toEqual([]);
  });

  test("refuses a reading that is not held", async () => {
    const reading = sampleObservation();
    const { desk, standings } = await deskWith(reading);
    await expect(desk.act({ do: "discard", ids: [reading.id], by, reason: "no" })).rejects.toEqual(notAllowed);
    expect(await standings()).toEqual(["ready"]);
  });
});

describe("moving", () => {
  const move = (id: string, patient = "0007"): Act => ({
    do: "move",
    ids: [id],
    subject: { patient },
    by,
    reason: "wrong band",
  });

  test("what no sink has had needs no withdrawal: only the right patient gets it", async () => {
    const reading = sampleObservation();
    const { desk, messages, deliver } = await deskWith(reading);
    await desk.act(move(reading.id));
    await deliver();
    const wrong = { state: "abandoned", whose: "CANARY-0012", says: ["F 118"] };
    const right = { state: "delivered", whose: "0007", says: ["F 118"] };
    expect(await messages()).toEqual([
      ...["ehr", "lab"].map((sink) => ({ sink, ...wrong })),
      ...["ehr", "lab"].map((sink) => ({ sink, ...right })),
    ]);
  });

  test("what was delivered is withdrawn from the one and filed under the other, whole, linked by one event", async () => {
    const bound = sampleObservation().binding;
    const [sys, dia] = [pressure("SYS", "118"), pressure("DIA", "76")].map((over) =>
      sampleObservation({ ...over, ...(bound === undefined ? {} : { binding: bound }) }),
    );
    const { journal, desk, messages, deliver } = await deskWith(sys as Observation, dia as Observation);
    await deliver();
    await desk.act(move(sys?.id ?? ""));
    expect((await messages()).slice(2)).toEqual([
      ...["ehr", "lab"].map((sink) => ({ sink, state: "queued", whose: "CANARY-0012", says: ["W 118", "W 76"] })),
      ...["ehr", "lab"].map((sink) => ({ sink, state: "queued", whose: "0007", says: ["F 118", "F 76"] })),
    ]);
    const [event, ...others] = await journal.events({ limit: 10 });
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      type: "reading-move",
      by,
      data: {
        reason: "wrong band",
        observations: expect.arrayContaining([sys?.id, dia?.id]),
        before: { patient: { id: "CANARY-0012" } },
        subject: { patient: { id: "0007" } },
      },
    });
    const rows = await journal.observations({ limit: 2 });
    for (const { observation } of rows) expect(observation.binding?.subject).toMatchObject({ patient: { id: "0007" } });
  });

  test("is one transaction: if it cannot be stored, the wrong patient keeps it and nobody is told anything", async () => {
    const reading = sampleObservation();
    const { journal, messages, deliver, standings } = await deskWith(reading);
    await deliver();
    let asked = 0;
    const desk = openDesk({
      ...journal,
      amend: async (amendment) => {
        asked += 1;
        // The first time it finds that the message was sent; the second time the disk is full.
        if (asked === 1) return journal.amend(amendment);
        throw new JournalError("JOURNAL_FULL", "no");
      },
    });
    await expect(desk.act(move(reading.id))).rejects.toMatchObject({ code: "JOURNAL_FULL" });
    expect(asked).toBe(2);
    expect((await messages()).map(({ says }) => says)).toEqual([["F 118"], ["F 118"]]);
    expect(await standings()).toEqual(["ready"]);
    expect(await journal.events({ limit: 10 })).toEqual([]);
  });

  test("can be done again, and withdraws from the one who had it last", async () => {
    const reading = sampleObservation();
    const { desk, messages, deliver } = await deskWith(reading);
    await deliver();
    await desk.act(move(reading.id));
    await deliver();
    await desk.act(move(reading.id, "0008"));
    await deliver();
    const ehr = (await messages()).filter(({ sink }) => sink === "ehr").map(({ whose, says }) => `${whose} ${says}`);
    expect(ehr).toEqual(["CANARY-0012 F 118", "CANARY-0012 W 118", "0007 F 118", "0007 W 118", "0008 F 118"]);
  });

  test("refuses the patient who has it already, for a withdrawal would take back what stays", async () => {
    const reading = sampleObservation();
    const { desk, messages, deliver } = await deskWith(reading);
    await deliver();
    await expect(desk.act(move(reading.id, "CANARY-0012"))).rejects.toEqual(notAllowed);
    expect((await messages()).length).toBe(2);
  });

  test.each(["SYS", "DIA"])(
    "takes what is held of the same group along, so that a release goes to the right one too: %s named",
    async (named) => {
      const [sys, dia] = halves(["maybe-repeated"]);
      const { journal, desk, messages, deliver } = await deskWith(sys, dia);
      await deliver();
      const done = await desk.act(move((named === "SYS" ? sys : dia).id));
      expect(done).toHaveLength(2);
      expect(done).toEqual(
        expect.arrayContaining([
          { id: sys.id, now: "ready" },
          { id: dia.id, now: "held: maybe-repeated" },
        ]),
      );
      expect((await journal.counts()).held).toBe(1);
      const [event] = await journal.events({ limit: 1 });
      expect(event?.data).toMatchObject({ observations: [sys.id, dia.id] });
      await desk.act(release([dia.id], ["maybe-repeated"]));
      const ehr = (await messages()).filter(({ sink }) => sink === "ehr").map(({ whose, says }) => `${whose} ${says}`);
      expect(ehr).toEqual(["CANARY-0012 F 118", "CANARY-0012 W 118", "0007 F 118", "0007 F 76"]);
    },
  );

  test("leaves all of it where it was if the held half was decided about meanwhile", async () => {
    const [sys, dia] = halves(["maybe-repeated"]);
    const { journal, deliver } = await deskWith(sys, dia);
    await deliver();
    let discarded = false;
    const desk = openDesk({
      ...journal,
      amend: async (amendment) => {
        if (!discarded) {
          discarded = true;
          const standing = { state: "discarded", by, reason: "shown again" } as const;
          const event = { at, type: "reading-discard", by };
          await journal.amend({ observations: [dia.id], from: "held", standing, event, deliveries: [] });
        }
        return journal.amend(amendment);
      },
    });
    await expect(desk.act(move(sys.id))).rejects.toThrow("changed by somebody else");
    const subjects = (await journal.observations({ limit: 2 })).map(({ observation }) => observation.binding?.subject);
    for (const subject of subjects) expect(subject).toMatchObject({ patient: { id: "CANARY-0012" } });
  });

  test("refuses a reading that is held", async () => {
    const reading = held(["no-patient"]);
    const { desk, standings } = await deskWith(reading);
    await expect(desk.act(move(reading.id))).rejects.toEqual(notAllowed);
    expect(await standings()).toEqual(["no-patient"]);
  });
});

describe("of readings taken together that stand differently", () => {
  test("each one named is answered for: none is passed over, and none is changed if one of them cannot be", async () => {
    const [sys, dia] = halves(["by-person"]);
    const { desk, standings } = await deskWith(sys, dia);
    for (const ids of [
      [dia.id, sys.id],
      [sys.id, dia.id],
    ])
      await expect(desk.act(release(ids))).rejects.toThrow(sys.id);
    expect(await standings()).toEqual(["ready", "by-person"]);
    await expect(desk.act({ do: "hold", ids: [sys.id, dia.id], by, reason: "not sure" })).rejects.toThrow(dia.id);
    expect(await desk.act(release([dia.id]))).toEqual([{ id: dia.id, now: "ready" }]);
  });

  test("the held one cannot be filed under another than the rest of the same moment", async () => {
    const [sys, dia] = halves(["implausible"]);
    const { desk, messages, standings } = await deskWith(sys, dia);
    await expect(desk.act(attach([dia.id], { accept: ["implausible"] }))).rejects.toThrow("filed under another");
    expect(await standings()).toEqual(["ready", "implausible"]);
    await desk.act(attach([dia.id], { subject: { patient: "CANARY-0012" }, accept: ["implausible"] }));
    expect((await messages()).map(({ whose }) => whose)).toEqual(Array(4).fill("CANARY-0012"));
  });

  test("what two scans shared out by time may be released as it was shared out", async () => {
    const [sys, dia] = halves(["implausible"]);
    const later = { ...dia, times: { ...dia.times, measured: "2026-11-23T14:20:00.000Z" } };
    const other = { kind: "patient", patient: { id: "0007", authority: "CLINIC", type: "MR" } } as const;
    const { desk, messages } = await deskWith(sys, {
      ...later,
      binding: { subject: other, since: at, method: "scan", verified: true },
    });
    await desk.act(release([dia.id], ["implausible"]));
    expect((await messages()).at(-1)).toMatchObject({ whose: "0007", says: ["F 76"] });
  });
});

describe("of readings taken together that two scans shared out", () => {
  const scanned = (id: string) =>
    ({
      subject: { kind: "patient", patient: { id, authority: "CLINIC", type: "MR" } },
      since: at,
      method: "scan",
      verified: false,
    }) as const;
  const shared = (over: Partial<Observation> = {}): readonly [Observation, Observation] => {
    const first = sampleObservation({ ...pressure("SYS", "118"), binding: scanned("0001") });
    const times = { ...first.times, measured: "2026-11-23T14:07:00.000Z" };
    return [first, sampleObservation({ ...pressure("DIA", "76"), times, binding: scanned("0002"), ...over })];
  };
  const doubted = { standing: { state: "held", reasons: ["implausible"] } } as const;
  const move = (ids: string[], patient: string): Act => ({ do: "move", ids, subject: { patient }, by, reason: "no" });
  const ehr = async (messages: () => Promise<readonly Message[]>) =>
    (await messages()).filter(({ sink }) => sink === "ehr").map(({ whose, says }) => `${whose} ${says}`);

  test("one that was moved to the other's patient by mistake is moved on alone", async () => {
    const [first, second] = shared();
    const { desk, messages, deliver } = await deskWith(first, second);
    await deliver();
    await desk.act(move([first.id], "0002"));
    await deliver();
    expect(await desk.act(move([first.id], "0003"))).toEqual([{ id: first.id, now: "ready" }]);
    expect((await ehr(messages)).slice(2)).toEqual(["0001 W 118", "0002 F 118", "0002 W 118", "0003 F 118"]);
  });

  test("one is moved, and the other stays with its patient", async () => {
    const [first, second] = shared();
    const { desk, messages, deliver } = await deskWith(first, second);
    await deliver();
    expect(await desk.act(move([first.id], "0003"))).toEqual([{ id: first.id, now: "ready" }]);
    expect(await ehr(messages)).toEqual(["0001 F 118", "0002 F 76", "0001 W 118", "0003 F 118"]);
  });

  test("one is moved to the patient of the other", async () => {
    const [first, second] = shared();
    const { desk, messages, deliver } = await deskWith(first, second);
    await deliver();
    await desk.act(move([first.id], "0002"));
    expect(await ehr(messages)).toEqual(["0001 F 118", "0002 F 76", "0001 W 118", "0002 F 118"]);
  });

  test("both are moved where both are named, and what is of nobody goes along once", async () => {
    const [first, second] = shared();
    const third = held(["no-patient", "implausible"], { group: first.group });
    const { journal, desk, messages, deliver } = await deskWith(first, second, third);
    await deliver();
    const done = await desk.act(move([third.id, first.id, second.id], "0003"));
    expect(done.map(({ id }) => id).toSorted()).toEqual([first.id, second.id, third.id].toSorted());
    expect((await ehr(messages)).toSorted().slice(-2)).toEqual(["0003 F 118", "0003 F 76"]);
    for (const { observation } of await journal.observations({ limit: 5 }))
      expect(observation.binding?.subject).toMatchObject({ patient: { id: "0003" } });
  });

  test("what is held for another patient does not move along, and is released to that one afterwards", async () => {
    const [first, second] = shared(doubted);
    const { desk, messages, deliver } = await deskWith(first, second);
    await deliver();
    expect(await desk.act(move([first.id], "0003"))).toEqual([{ id: first.id, now: "ready" }]);
    await expect(desk.act(attach([second.id], { accept: ["implausible"] }))).rejects.toThrow("filed under another");
    await desk.act(release([second.id], ["implausible"]));
    expect(await ehr(messages)).toEqual(["0001 F 118", "0001 W 118", "0003 F 118", "0002 F 76"]);
  });

  test("one is held, and the other goes", async () => {
    const [first, second] = shared();
    const { desk, standings } = await deskWith(first, second);
    await desk.act({ do: "hold", ids: [first.id], by, reason: "not sure" });
    expect(await standings()).toEqual(["by-person", "ready"]);
  });

  test.each(["attach", "release", "discard"] as const)("of two that are held, %s is about one", async (act) => {
    const [first, second] = shared(doubted);
    const { journal, desk, standings } = await deskWith({ ...first, ...doubted }, second);
    if (act === "attach") await desk.act(attach([first.id], { accept: ["implausible"] }));
    if (act === "release") await desk.act(release([first.id], ["implausible"]));
    if (act === "discard") await desk.act({ do: "discard", ids: [first.id], by, reason: "no" });
    expect(await standings()).toEqual([act === "discard" ? "discarded" : "ready", "implausible"]);
    const [row] = await journal.observations({ limit: 1, ids: [second.id] });
    expect(row?.observation.binding).toEqual(second.binding);
  });

  test("what is of nobody is attached without what is of somebody", async () => {
    const [first] = shared();
    const third = held(["no-patient"], { group: first.group });
    const { desk, standings } = await deskWith({ ...first, ...doubted }, third);
    await desk.act(attach([third.id]));
    expect(await standings()).toEqual(["implausible", "ready"]);
  });
});

describe("of readings in one message of which the instrument names different specimens", () => {
  const pair = (): readonly [Observation, Observation] => {
    const first = sampleObservation({ ...pressure("SYS", "118"), reported: { specimen: "S-1" } });
    return [first, sampleObservation({ ...pressure("DIA", "76"), times: first.times, reported: { specimen: "S-2" } })];
  };

  test("one cannot be held while the message that carries both is queued, and both go", async () => {
    const [first, second] = pair();
    const { desk, messages, standings } = await deskWith(first, second);
    await expect(desk.act({ do: "hold", ids: [first.id], by, reason: "not sure" })).rejects.toEqual(namesMove);
    expect((await messages()).map(({ state }) => state)).toEqual(["queued", "queued"]);
    expect(await standings()).toEqual(["ready", "ready"]);
  });

  test("one is moved by a withdrawal, and the other reaches its patient", async () => {
    const [first, second] = pair();
    const { desk, messages, deliver } = await deskWith(first, second);
    await desk.act({ do: "move", ids: [first.id], subject: { patient: "0007" }, by, reason: "wrong band" });
    await deliver();
    const told = (await messages()).filter(({ sink }) => sink === "ehr");
    expect(told.map(({ state, whose, says }) => `${state} ${whose} ${says}`)).toEqual([
      "delivered CANARY-0012 F 118,F 76",
      "delivered CANARY-0012 W 118",
      "delivered 0007 F 118",
    ]);
  });
});

test("a reading that does not exist is not found, and the others named with it are left alone", async () => {
  const reading = held(["no-patient"]);
  const { desk, standings } = await deskWith(reading);
  await expect(desk.act(attach([reading.id, "nobody"]))).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  expect(await standings()).toEqual(["no-patient"]);
});
