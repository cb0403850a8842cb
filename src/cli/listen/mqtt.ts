import { createServer, type Server } from "node:net";
import type { Client } from "aedes";

/** A message as the broker got it. */
export interface MqttMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: number;
  readonly retain: boolean;
}

export interface MqttReceiver {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * A small MQTT 3.1.1 broker for trying things out: it takes whatever is published and hands it to `onMessage` before
 * it confirms. It speaks no MQTT 5, so a sink that talks to it needs `version: "3.1.1"`.
 */
export async function receiveMqtt(options: {
  readonly port: number;
  readonly address?: string;
  readonly onMessage: (message: MqttMessage) => void;
}): Promise<MqttReceiver> {
  const { Aedes } = await import("aedes");
  const broker = await Aedes.createBroker();
  broker.authorizePublish = (_client: Client | null, packet, done) => {
    const payload = typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload;
    if (!packet.topic.startsWith("$SYS/")) {
      options.onMessage({ topic: packet.topic, payload, qos: packet.qos, retain: packet.retain });
    }
    done(null);
  };
  const server: Server = createServer(broker.handle);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.address ?? "127.0.0.1", resolve);
  });
  const at = server.address();
  return {
    port: typeof at === "object" && at !== null ? at.port : options.port,
    close: () =>
      new Promise((resolve) => {
        broker.close(() => server.close(() => resolve()));
      }),
  };
}
