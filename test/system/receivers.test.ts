import { beforeAll, describe, expect, test } from "vitest";
import type { Fault } from "../../src/cli/listen/hl7.ts";
import { type Clinic, openClinic } from "../kit/clinic.ts";
import { closingAfterAll, closingWithTest } from "../kit/closing.ts";
import { hl7Sink, openRoom, type Room, weighing } from "../kit/room.ts";
import { until } from "../kit/until.ts";

const weight = { whose: "patient 00123456", code: "29463-7", value: "72.5", unit: "kg", status: "F" };
const once = (fault: Fault) => (_: string, count: number) => (count === 1 ? fault : undefined);
const always = (fault: Fault) => () => fault;

interface Case {
  readonly does: string;
  readonly fault: Clinic["fault"];
  readonly sink?: Record<string, unknown>;
  /** How often the message must have arrived in the end. */
  readonly arrivals: number;
  readonly ends: "delivered" | "rejected" | "unsure";
  readonly code?: string;
}

/** Receivers that take the message, whatever they make of their answer. */
const cases: readonly Case[] = [
  { does: "is slow", fault: once({ do: "late", ms: 500 }), arrivals: 1, ends: "delivered" },
  { does: "answers too late", fault: once({ do: "late", ms: 1300 }), arrivals: 2, ends: "delivered" },
  { does: "answers with another id", fault: once({ do: "wrong-id" }), arrivals: 2, ends: "delivered" },
  { does: "answers with something that is no HL7", fault: once({ do: "garbage" }), arrivals: 2, ends: "delivered" },
  { does: "does not answer once", fault: once({ do: "silent" }), arrivals: 2, ends: "delivered" },
  { does: "closes before it answers", fault: once({ do: "close-before-ack" }), arrivals: 2, ends: "delivered" },
  { does: "closes in the middle of its answer", fault: once({ do: "close-mid-ack" }), arrivals: 2, ends: "delivered" },
  { does: "resets the connection", fault: once({ do: "reset" }), arrivals: 2, ends: "delivered" },
  { does: "answers in two pieces", fault: once({ do: "split" }), arrivals: 1, ends: "delivered" },
  {
    does: "closes in the middle of its answer, where a person wants to look at such a one",
    fault: once({ do: "close-mid-ack" }),
    sink: { whenUnsure: "ask" },
    arrivals: 1,
    ends: "unsure",
    code: "ACK_CLOSED",
  },
];

/** Receivers that do not take it at first. */
const refusing: readonly Case[] = [
  {
    does: "reports an error twice and then takes it",
    fault: (_, count) => (count <= 2 ? { do: "answer", code: "AE", text: "busy" } : undefined),
    arrivals: 1,
    ends: "delivered",
  },
  {
    does: "reports an error each time",
    fault: always({ do: "answer", code: "AE", text: "no such patient" }),
    arrivals: 0,
    ends: "rejected",
    code: "ACK_ERROR",
  },
  {
    does: "rejects it",
    fault: once({ do: "answer", code: "AR", text: "not this one" }),
    arrivals: 0,
    ends: "rejected",
    code: "ACK_REJECT",
  },
];

const all = [...cases, ...refusing];

describe("one weight, and a receiver that", () => {
  const closing = closingAfterAll();
  const clinics: Clinic[] = [];
  let room: Room;

  beforeAll(async () => {
    for (const { fault } of all) {
      const clinic = await openClinic();
      clinic.fault = fault;
      clinics.push(clinic);
      closing(() => clinic.close());
    }
    room = await openRoom(closing, { sinks: clinics.map((clinic, i) => hl7Sink(`ehr-${i}`, clinic, all[i]?.sink)) });
    await room.scan("00123456");
    room.scale.write(weighing("72.5"));
    await room.stored(1);
  });

  const settled = async (i: number) => {
    await until(async () => {
      const [delivery] = await room.gateway.deliveries(`ehr-${i}`);
      return delivery !== undefined && delivery.state !== "queued" && delivery.state !== "sending";
    });
    return room.gateway.deliveries(`ehr-${i}`);
  };

  test.each(all.map((one, i) => [one.does, one, i] as const))("%s", async (_, one, i) => {
    const [delivery, ...others] = await settled(i);
    expect(others).toEqual([]);
    expect(delivery?.state).toBe(one.ends);
    if (one.ends !== "delivered") expect(delivery?.code).toBe(one.code);
    const clinic = clinics[i];
    expect(clinic?.filed()).toEqual(one.arrivals === 0 ? [] : [weight]);
    expect(clinic?.arrivals()).toBe(one.arrivals);
    expect(clinic?.lies).toEqual([]);
  });

  test("rejects it, says why in its own words, and takes it after a person has mended the cause", async () => {
    const i = all.findIndex(({ does }) => does === "rejects it");
    const [delivery] = await settled(i);
    expect(delivery).toMatchObject({ state: "rejected", answer: "AR: not this one" });
    await room.gateway.ask({ do: "retry", ids: [delivery?.id ?? ""], by: "N. Okafor" });
    await until(async () => (await room.gateway.deliveries(`ehr-${i}`))[0]?.state === "delivered");
    expect(clinics[i]?.filed()).toEqual([weight]);
    expect(clinics[i]?.lies).toEqual([]);
  });
});

test("a receiver that is down at the start gets everything in order when it comes up, and another is not delayed", async () => {
  const closing = closingWithTest();
  const [dead, alive] = [await openClinic(), await openClinic()];
  closing(() => dead.close());
  closing(() => alive.close());
  await dead.close();
  const room = await openRoom(closing, { sinks: [hl7Sink("dead", dead), hl7Sink("alive", alive)] });
  await room.scan("00123456");
  room.scale.write(["61.0", "62.0", "63.0"].map(weighing).join(""));

  await until(() => alive.filed().length === 3);
  const { sinks, counts } = await room.gateway.status();
  expect(sinks).toContainEqual({ sink: "dead", state: "down", code: "RECEIVER_DOWN" });
  expect(counts.deliveries["dead"]).toEqual({ queued: 3 });

  await dead.open();
  await until(() => dead.filed().length === 3);
  expect(dead.filed().map(({ value }) => value)).toEqual(["61.0", "62.0", "63.0"]);
  expect(dead.filed()).toEqual(alive.filed());
  expect([...dead.lies, ...alive.lies]).toEqual([]);
  await until(async () =>
    (await room.gateway.status()).sinks.every(({ state, code }) => state === "up" && code === undefined),
  );
});
