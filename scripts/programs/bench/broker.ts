import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectAsync, type MqttClient } from "mqtt";

/** A real broker in its own process. It keeps what was published for a subscriber who is away while it is measured. */
export interface Broker {
  readonly port: number;
  /** The payloads of so many observations, in the order in which the broker got them. */
  collect(count: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

const topics = "vitalwire/v1/+/+/+/observation";

export async function startBroker(folder: string, port: number): Promise<Broker> {
  const conf = join(folder, "mosquitto.conf");
  const settings = [`listener ${port} 127.0.0.1`, "allow_anonymous true", "persistence false", "max_queued_messages 0"];
  await writeFile(conf, `${settings.join("\n")}\n`);
  const child = spawn("mosquitto", ["-c", conf], { stdio: "ignore", detached: true });
  const failed = once(child, "exit").then(() => Promise.reject(new Error("mosquitto ended")));
  failed.catch(() => undefined);
  await Promise.race([answers(port), failed]);
  const away = await subscriber(port);
  await away.subscribeAsync(topics, { qos: 1 });
  await away.endAsync();

  return {
    port,
    async collect(count) {
      const payloads: string[] = [];
      const client = await subscriber(port);
      try {
        await new Promise<void>((resolve, reject) => {
          client.on("error", reject);
          client.on("message", (_topic, payload) => {
            payloads.push(payload.toString("utf8"));
            if (payloads.length === count) resolve();
          });
        });
        // One more would be one too many, and would come next.
        await client.publishAsync("bench/end", "", { qos: 1 });
      } finally {
        await client.endAsync(true);
      }
      return payloads;
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

function subscriber(port: number): Promise<MqttClient> {
  return connectAsync(`mqtt://127.0.0.1:${port}`, { clientId: "bench", clean: false, reconnectPeriod: 0 });
}

async function answers(port: number): Promise<void> {
  for (;;) {
    const reached = await new Promise<boolean>((resolve) => {
      const socket = createConnection(port, "127.0.0.1");
      socket.on("connect", () => resolve(true));
      socket.on("error", () => resolve(false));
      socket.on("close", () => socket.destroy());
      socket.on("connect", () => socket.end());
    });
    if (reached) return;
    await sleep(20);
  }
}
