import { connectAsync } from "mqtt";
import { expect, test } from "vitest";
import { openClinic } from "../kit/clinic.ts";
import { closingWithTest } from "../kit/closing.ts";
import { openGate } from "../kit/gate.ts";
import { allSettled } from "../kit/gateway.ts";
import { mosquitto } from "../kit/mosquitto.ts";
import { hl7Sink, openRoom, weighing } from "../kit/room.ts";
import { until } from "../kit/until.ts";

interface Told {
  readonly id: string;
  readonly payload: string;
}

/** Someone who listens to all that is published, and comes back whenever the broker does. */
async function subscriber(port: number, closing: (step: () => unknown) => void) {
  const told: Told[] = [];
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5, reconnectPeriod: 20 });
  closing(() => client.endAsync(true));
  client.on("message", (topic, bytes) => {
    if (!topic.endsWith("/observation")) return;
    const payload = bytes.toString("utf8");
    told.push({ id: (JSON.parse(payload) as { id: string }).id, payload });
  });
  await client.subscribeAsync("#", { qos: 1 });
  let subscribed = 1;
  // After a reconnection the library subscribes again by itself; the answer says that it holds.
  client.on("packetreceive", ({ cmd }) => {
    if (cmd === "suback") subscribed += 1;
  });
  return { told, subscribed: () => subscribed };
}

const values = (told: readonly Told[]): readonly string[] =>
  told.flatMap(({ payload }) =>
    (JSON.parse(payload) as { observations: { value: { text: string } }[] }).observations.map(
      ({ value }) => value.text,
    ),
  );

test("a broker that is killed and started again gets what it missed, once in effect, and delays no receiver", async () => {
  const closing = closingWithTest();
  const broker = await mosquitto();
  closing(() => broker.remove());
  const gate = await openGate(broker.port);
  closing(() => gate.shut());
  const clinic = await openClinic();
  closing(() => clinic.close());
  const listener = await subscriber(broker.port, closing);
  const room = await openRoom(closing, {
    sinks: [
      { id: "bus", mqtt: { url: `mqtt://127.0.0.1:${gate.port}`, insecure: true, ackTimeout: "2s" } },
      hl7Sink("ehr", clinic),
    ],
  });
  const bus = async () => (await room.gateway.status()).sinks.find(({ sink }) => sink === "bus");
  await room.scan("00123456");
  room.scale.write(weighing("61.0"));
  await until(() => listener.told.length === 1);

  await broker.kill();
  await gate.shut();
  room.scale.write(["62.0", "63.0", "64.0"].map(weighing).join(""));
  await until(() => clinic.filed().length === 4);
  await until(async () => (await bus())?.state === "down");
  expect(await bus()).toEqual({ sink: "bus", state: "down", code: "BROKER_DOWN" });
  expect((await room.gateway.status()).counts.deliveries["bus"]).toEqual({ delivered: 1, queued: 3 });

  const before = listener.subscribed();
  await broker.start();
  await until(() => listener.subscribed() > before);
  await gate.open();
  await until(() => allSettled(room.gateway));
  await until(() => new Set(listener.told.map(({ id }) => id)).size === 4);
  expect([...new Set(values(listener.told))]).toEqual(["61.0", "62.0", "63.0", "64.0"]);
  // What came again came unchanged.
  expect(new Set(listener.told.map(({ payload }) => payload)).size).toBe(4);
  await until(async () => (await bus())?.code === undefined);
  expect(await bus()).toEqual({ sink: "bus", state: "up" });
});

test("a broker that nobody listens to is told of once, counts as delivered, and once more when somebody does", async () => {
  const closing = closingWithTest();
  const broker = await mosquitto();
  closing(() => broker.remove());
  const room = await openRoom(closing, {
    sinks: [{ id: "bus", mqtt: { url: `mqtt://127.0.0.1:${broker.port}`, insecure: true } }],
  });
  const bus = async () => (await room.gateway.status()).sinks.find(({ sink }) => sink === "bus");
  const told = () =>
    room.gateway.log.filter(({ event }) => event === "sink").map(({ edge, code }) => `${edge} ${code}`);
  await room.scan("00123456");
  room.scale.write([weighing("61.0"), weighing("62.0")].join(""));
  await room.stored(2);
  await until(() => allSettled(room.gateway));
  expect(await bus()).toEqual({ sink: "bus", state: "up", code: "NO_SUBSCRIBER" });
  expect((await room.gateway.status()).counts.deliveries["bus"]).toEqual({ delivered: 2 });
  await subscriber(broker.port, closing);
  room.scale.write(weighing("63.0"));
  await until(async () => (await bus())?.code === undefined);
  expect(told()).toEqual(["raised NO_SUBSCRIBER", "cleared NO_SUBSCRIBER"]);
});
