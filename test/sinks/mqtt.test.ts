import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { afterEach, describe, expect, it } from "vitest";
import { receiveMqtt } from "../../src/cli/listen/mqtt.ts";
import { mqttSinkSchema } from "../../src/config/site.ts";
import type { Alert } from "../../src/sinks/alarm.ts";
import { mqttSink } from "../../src/sinks/mqtt/mqtt.ts";
import type { Sink } from "../../src/sinks/sink.ts";
import { certificates, freePort, type Mosquitto, mosquitto } from "../kit/mosquitto.ts";
import { sampleContent, sampleObservation } from "../kit/sample.ts";
import { until } from "../kit/until.ts";

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function broker(extra?: readonly string[]): Promise<Mosquitto> {
  const made = await mosquitto(extra);
  cleanUp.push(() => made.remove());
  return made;
}

function sinkFor(url: string, mqtt: object = {}, alerts: Alert[] = []): Sink {
  const config = mqttSinkSchema.parse({ id: "bus", mqtt: { url, insecure: true, ...mqtt } });
  const sink = mqttSink(config, {
    site: "north",
    gateway: "gw-1",
    ackTimeoutMs: 2000,
    onAlert: (alert) => alerts.push(alert),
  });
  cleanUp.push(() => sink.close());
  return sink;
}

async function subscribe(port: number): Promise<{ topic: string; text: string; retain: boolean }[]> {
  const seen: { topic: string; text: string; retain: boolean }[] = [];
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5 });
  cleanUp.push(() => client.endAsync(true));
  client.on("message", (topic, payload, packet) =>
    seen.push({ topic, text: payload.toString(), retain: packet.retain }),
  );
  await client.subscribeAsync("#", { qos: 1, rap: true });
  return seen;
}

const message = (sink: Sink) => {
  const content = sampleContent([sampleObservation()]);
  return { controlId: content.controlId, bytes: sink.encode(content), mayBeDuplicate: false };
};

describe("The MQTT sink", () => {
  for (const version of ["5", "3.1.1"] as const) {
    it(`delivers an observation over MQTT ${version}, with its value's own digits and no patient in the topic`, async () => {
      const { port } = await broker();
      const seen = await subscribe(port);
      const sink = sinkFor(`mqtt://127.0.0.1:${port}`, { version });
      expect(await sink.connect()).toEqual({ ok: true });
      expect(await sink.send(message(sink))).toEqual({ ok: true });
      await until(() => seen.some((m) => m.topic.endsWith("/observation")));
      const got = seen.find((m) => m.topic.endsWith("/observation"));
      expect(got?.topic).toBe("vitalwire/v1/north/gw-1/monitor-4/observation");
      expect(seen.map((m) => m.topic).join()).not.toContain("CANARY");
      expect(JSON.parse(got?.text ?? "").observations[0].value).toMatchObject({ text: "118", unit: "mm[Hg]" });
    });
  }

  it("leaves its will behind, retained, when its connection breaks without a farewell", async () => {
    const { port } = await broker();
    const sockets: Socket[] = [];
    const wire = createServer((near) => {
      const far = createConnection(port, "127.0.0.1");
      sockets.push(near, far);
      near
        .on("error", () => {})
        .pipe(far.on("error", () => {}))
        .pipe(near);
    }).listen(0, "127.0.0.1");
    cleanUp.push(() => wire.close());
    await once(wire, "listening");
    const at = wire.address();
    if (at === null || typeof at === "string") throw new Error("no port");
    await sinkFor(`mqtt://127.0.0.1:${at.port}`).connect();
    for (const socket of sockets) socket.destroy();
    const seen = await subscribe(port);
    await until(() => seen.some((m) => m.text === '{"state":"lost"}'));
    expect(seen.every((m) => m.topic.endsWith("/status"))).toBe(true);
  });

  it("retains its status and nothing about a patient", async () => {
    const { port } = await broker();
    const sink = sinkFor(`mqtt://127.0.0.1:${port}`);
    await sink.connect();
    await sink.send(message(sink));
    await sink.close();
    const later = await subscribe(port);
    await until(() => later.length > 0);
    expect(later.map((m) => [m.topic, m.text])).toEqual([["vitalwire/v1/north/gw-1/status", '{"state":"offline"}']]);
  });

  it("says that what was under way when the broker was killed may have arrived, and goes on when it is back", async () => {
    const made = await broker();
    const sink = sinkFor(`mqtt://127.0.0.1:${made.port}`);
    await sink.connect();
    // Many at once, so that some are surely unanswered when the broker dies.
    const results = Array.from({ length: 2000 }, () => sink.send(message(sink)));
    await made.kill();
    for (const result of await Promise.all(results)) {
      if (!result.ok) expect(["PUBACK_TIMEOUT", "BROKER_DOWN"]).toContain(result.code);
    }
    expect(await sink.send(message(sink))).toMatchObject({ ok: false, code: "BROKER_DOWN" });
    expect(await sink.connect()).toMatchObject({ ok: false, code: "BROKER_DOWN" });
    await made.start();
    expect(await sink.connect()).toEqual({ ok: true });
    expect(await sink.send(message(sink))).toEqual({ ok: true });
  });

  it("tells once that nobody subscribes, delivers all the same, and tells once when somebody does again", async () => {
    const { port } = await broker();
    const alerts: Alert[] = [];
    const sink = sinkFor(`mqtt://127.0.0.1:${port}`, {}, alerts);
    await sink.connect();
    for (let n = 0; n < 3; n++) expect(await sink.send(message(sink))).toEqual({ ok: true });
    const unheard = { about: "subscribers", code: "NO_SUBSCRIBER" };
    expect(alerts).toEqual([{ ...unheard, edge: "raised" }]);
    await subscribe(port);
    for (let n = 0; n < 3; n++) expect(await sink.send(message(sink))).toEqual({ ok: true });
    expect(alerts).toEqual([
      { ...unheard, edge: "raised" },
      { ...unheard, edge: "cleared" },
    ]);
  });

  it("says nothing of subscribers where one hears the readings and none its status", async () => {
    const { port } = await broker();
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5 });
    cleanUp.push(() => client.endAsync(true));
    await client.subscribeAsync("+/v1/+/+/+/observation", { qos: 1 });
    const alerts: Alert[] = [];
    const sink = sinkFor(`mqtt://127.0.0.1:${port}`, {}, alerts);
    await sink.connect();
    await sink.send(message(sink));
    expect(alerts).toEqual([]);
  });

  it("refuses at once what is larger than the broker takes, to the byte, and goes on", async () => {
    const small = await broker(["allow_anonymous true", "max_packet_size 300"]);
    const refusing = sinkFor(`mqtt://127.0.0.1:${small.port}`);
    await refusing.connect();
    const content = sampleContent([sampleObservation()]);
    const large = { controlId: content.controlId, bytes: refusing.encode(content), mayBeDuplicate: false };
    const refused = await refusing.send(large);
    expect(refused).toMatchObject({ ok: false, code: "MESSAGE_TOO_LARGE" });
    const size = Number(/^(\d+) bytes/.exec(("answer" in refused && refused.answer) || "")?.[1]);
    expect(size).toBeGreaterThan(large.bytes.length);
    const tiny = { ...large, bytes: Buffer.from("vitalwire/v1/x/observation\n{}") };
    expect(await refusing.send(tiny)).toEqual({ ok: true });

    const exact = await broker(["allow_anonymous true", `max_packet_size ${size}`]);
    const taking = sinkFor(`mqtt://127.0.0.1:${exact.port}`);
    await taking.connect();
    expect(await taking.send(large)).toEqual({ ok: true });
    expect(await taking.send({ ...large, bytes: Buffer.concat([large.bytes, Buffer.from(" ")]) })).toMatchObject({
      code: "MESSAGE_TOO_LARGE",
    });
  });

  it("tells a refused log-in from an absent broker", async () => {
    const { port } = await broker(["allow_anonymous false"]);
    expect(await sinkFor(`mqtt://127.0.0.1:${port}`).connect()).toMatchObject({ code: "BROKER_REFUSED" });
    expect(await sinkFor(`mqtt://127.0.0.1:${await freePort()}`).connect()).toMatchObject({ code: "BROKER_DOWN" });
  });

  it("talks TLS with its own certificate, and refuses a broker whose certificate is not of the authority given", async () => {
    const folder = mkdtempSync(join(tmpdir(), "vw-tls-"));
    cleanUp.push(() => rmSync(folder, { recursive: true }));
    const files = certificates(folder);
    const tlsLines = [
      `cafile ${files.ca}`,
      `certfile ${files.cert}`,
      `keyfile ${files.key}`,
      "require_certificate true",
    ];
    const { port } = await broker(["allow_anonymous true", ...tlsLines]);
    const good = sinkFor(`mqtts://localhost:${port}`, { tls: files });
    expect(await good.connect()).toEqual({ ok: true });
    expect(await good.send(message(good))).toEqual({ ok: true });
    expect(await sinkFor(`mqtts://localhost:${port}`).connect()).toMatchObject({ ok: false, code: "RECEIVER_TLS" });
  });

  it("delivers to the small broker that serves for trying out, which speaks 3.1.1", async () => {
    const seen: string[] = [];
    const receiver = await receiveMqtt({ port: 0, onMessage: (m) => seen.push(m.topic) });
    cleanUp.push(() => receiver.close());
    const sink = sinkFor(`mqtt://127.0.0.1:${receiver.port}`, { version: "3.1.1" });
    expect(await sink.connect()).toEqual({ ok: true });
    expect(await sink.send(message(sink))).toEqual({ ok: true });
    expect(seen).toContain("vitalwire/v1/north/gw-1/monitor-4/observation");
  });
});
