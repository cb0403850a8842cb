import { readFileSync } from "node:fs";
import { Socket } from "node:net";
import type { IClientOptions, MqttClient } from "mqtt";
import type { MqttSinkConfig } from "../../config/site.ts";
import { Slab } from "../../slab.ts";
import { Alarm, type Alert } from "../alarm.ts";
import { observationJson } from "../json.ts";
import type { Content, SendResult, Sink } from "../sink.ts";
import { loadMqtt } from "./library.ts";
import { publishBytes, publishProperties } from "./publish-bytes.ts";

/** Everything of the configuration that the sink needs beside its own section. */
export interface MqttSinkDeps {
  readonly site: string;
  readonly gateway: string;
  readonly ackTimeoutMs: number;
  /** Told at each edge: the broker takes the readings and nobody subscribes to them; somebody does again. */
  readonly onAlert: (alert: Alert) => void;
}

/** PUBACK of MQTT 5: the broker has the message, and nobody subscribes to it. */
const noMatchingSubscribers = 0x10;
const connectTimeoutMs = 10_000;
const keepaliveSeconds = 15;

/**
 * MQTT 5 or 3.1.1, QoS 1. The journal is the only queue: nothing is published unless connected, a message counts as
 * delivered when its PUBACK came, and each connection is a new client, so that nothing is left in the library's own
 * store. No identifier of a patient is in a topic, and nothing about a patient is retained.
 *
 * Topics: `<prefix>/v1/<site>/<gateway>/<device>/observation`, and `…/<gateway>/status` (retained, with a will).
 * A delivery's bytes are the topic, a line feed, and the payload.
 */
export function mqttSink(config: MqttSinkConfig, deps: MqttSinkDeps): Sink {
  const { mqtt } = config;
  const slab = new Slab();
  const base = `${mqtt.prefix}/v1/${deps.site}/${deps.gateway}`;
  let client: MqttClient | undefined;
  /** The one that is still connecting. */
  let making: MqttClient | undefined;
  let closed = false;
  let pending = new Set<(result: SendResult) => void>();
  /** Largest packet that the broker takes, where it says so. */
  let largest: number | undefined;
  const unheard = new Alarm("subscribers", 0, () => () => undefined, deps.onAlert);
  /** The stream whose writes are held until the end of this turn. */
  let gathered: MqttClient["stream"] | undefined;

  return {
    id: config.id,
    window: mqtt.window,
    encode: (content) => slab.encode(messageText(base, content)),

    async connect() {
      await drop();
      const { connect } = await loadMqtt();
      let options: IClientOptions;
      try {
        options = clientOptions(config, `${base}/status`, `vitalwire-${deps.site}-${deps.gateway}-${config.id}`);
      } catch (cause) {
        return { ok: false, code: "RECEIVER_TLS", answer: (cause as Error).message };
      }
      return new Promise((resolve) => {
        if (closed) return resolve({ ok: false, code: "BROKER_DOWN" });
        const made = connect(mqtt.url, options);
        making = made;
        let last: SendResult = { ok: false, code: "BROKER_DOWN" };
        made.on("connect", ({ properties }) => {
          if (closed) return void made.end(true);
          client = made;
          largest = properties?.maximumPacketSize;
          // Nagle's algorithm here and at the broker, which wait for each other, cost 40 ms a window.
          if (made.stream instanceof Socket) made.stream.setNoDelay(true);
          made.publish(`${base}/status`, JSON.stringify({ state: "online" }), { qos: 1, retain: true });
          let statusId: number | undefined = made.getLastMessageId();
          // The library's callback of a publish does not tell this code.
          made.on("packetreceive", (packet) => {
            if (packet.cmd !== "puback") return;
            if (packet.messageId === statusId) statusId = undefined;
            else if (packet.reasonCode === noMatchingSubscribers) unheard.trouble("NO_SUBSCRIBER");
            else if (unheard.raised) unheard.over();
          });
          resolve({ ok: true });
        });
        made.on("error", (error) => {
          last = refusal(error);
        });
        made.on("close", () => {
          if (client === made) client = undefined;
          // What was published and not confirmed may have arrived.
          const unsettled = pending;
          pending = new Set();
          for (const settle of unsettled) settle({ ok: false, code: "PUBACK_TIMEOUT" });
          made.end(true);
          resolve(last);
        });
      });
    },

    send({ bytes, controlId }) {
      const connected = client;
      if (connected === undefined || !connected.connected) return Promise.resolve({ ok: false, code: "BROKER_DOWN" });
      const end = bytes.indexOf(0x0a);
      const size = publishBytes({ topic: end, payload: bytes.length - end - 1, controlId: controlId.length });
      // The broker would drop the connection, and every message under way with it.
      if (largest !== undefined && size > largest) {
        const answer = `${size} bytes, and the broker takes ${largest}`;
        return Promise.resolve({ ok: false, code: "MESSAGE_TOO_LARGE", answer });
      }
      return new Promise((resolve) => {
        const settle = (result: SendResult): void => {
          clearTimeout(timer);
          pending.delete(settle);
          resolve(result);
        };
        const timer = setTimeout(() => {
          settle({ ok: false, code: "PUBACK_TIMEOUT" });
          // The library has no time limit of its own for a PUBACK; a new connection gives a clean state.
          connected.stream.destroy();
        }, deps.ackTimeoutMs);
        pending.add(settle);
        const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        const topic = buffer.toString("utf8", 0, end);
        const payload = buffer.subarray(end + 1);
        const properties = mqtt.version === "5" ? publishProperties(controlId) : {};
        gather(connected.stream);
        connected.publish(topic, payload, { qos: 1, retain: false, ...properties }, (error, packet) => {
          if (!error) return settle({ ok: true });
          const reason = packet?.cmd === "puback" ? packet.reasonCode : undefined;
          if (reason === undefined) return settle({ ok: false, code: "PUBACK_TIMEOUT" });
          settle({ ok: false, code: "PUBACK_REFUSED", answer: error.message });
        });
      });
    },

    async close() {
      closed = true;
      if (making !== client) making?.end(true);
      const connected = client;
      client = undefined;
      if (connected?.connected) {
        // A DISCONNECT keeps the broker from publishing the will; a broker that does not answer is not waited for.
        connected.publish(`${base}/status`, JSON.stringify({ state: "offline" }), { qos: 1, retain: true });
        await Promise.race([connected.endAsync(false), new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
      }
      connected?.end(true);
    },
  };

  /** What is published within one turn of the event loop leaves in one write: a system call each would cost more. */
  function gather(stream: MqttClient["stream"]): void {
    if (gathered === stream) return;
    gathered = stream;
    stream.cork();
    setImmediate(() => {
      gathered = undefined;
      stream.uncork();
    });
  }

  async function drop(): Promise<void> {
    const old = client;
    client = undefined;
    if (old !== undefined) await old.endAsync(true).catch(() => {});
  }
}

function messageText(base: string, content: Content): string {
  const { observations } = content;
  const device = observations[0]?.device.device ?? "gateway";
  const payload = {
    schema: "vitalwire.message/1",
    id: content.controlId,
    at: content.at,
    purpose: content.purpose,
    observations: observations.map((o) => observationJson(o, content)),
  };
  return `${base}/${device}/observation\n${JSON.stringify(payload)}`;
}

function clientOptions(config: MqttSinkConfig, statusTopic: string, clientId: string): IClientOptions {
  const { mqtt } = config;
  return {
    clientId,
    protocolVersion: mqtt.version === "5" ? 5 : 4,
    clean: true,
    reconnectPeriod: 0,
    connectTimeout: connectTimeoutMs,
    keepalive: keepaliveSeconds,
    reschedulePings: false,
    queueQoSZero: false,
    // Its debug texts are made for each message, also where nobody reads them.
    log: () => {},
    will: { topic: statusTopic, payload: Buffer.from(JSON.stringify({ state: "lost" })), qos: 1, retain: true },
    ...(mqtt.username === undefined ? {} : { username: mqtt.username }),
    ...(mqtt.passwordFile === undefined ? {} : { password: readFileSync(mqtt.passwordFile, "utf8").trimEnd() }),
    ...(mqtt.tls?.ca === undefined ? {} : { ca: readFileSync(mqtt.tls.ca) }),
    ...(mqtt.tls?.cert === undefined ? {} : { cert: readFileSync(mqtt.tls.cert) }),
    ...(mqtt.tls?.key === undefined ? {} : { key: readFileSync(mqtt.tls.key) }),
    ...(mqtt.tls?.serverName === undefined ? {} : { servername: mqtt.tls.serverName }),
    rejectUnauthorized: true,
  };
}

/** What an error before the connection stood means: the broker's own refusal, a certificate, or nobody there. */
function refusal(error: Error & { code?: string | number }): SendResult {
  if (typeof error.code === "number") return { ok: false, code: "BROKER_REFUSED", answer: error.message };
  const code = error.code ?? "";
  if (/^(CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(code)) {
    return { ok: false, code: "RECEIVER_TLS", answer: code };
  }
  return { ok: false, code: "BROKER_DOWN", ...(code === "" ? {} : { answer: code }) };
}
