import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type MqttClient } from "mqtt";

/** A real broker in its own process. It keeps what was published for a subscriber who is away while it is measured. */
export interface Broker {
  readonly port: number;
  /** The payloads of all observations so far, in the order in which the broker got them. */
  collect(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const topics = "vitalwire/v1/+/+/+/observation";
/** Published last: whatever was kept comes before it. */
const endMark = "bench/end";

export async function startBroker(folder: string, port: number): Promise<Broker> {
  const conf = join(folder, "mosquitto.conf");
  const settings = [`listener ${port} 127.0.0.1`, "allow_anonymous true", "persistence false", "max_queued_messages 0"];
  await writeFile(conf, `${settings.join("\n")}\n`);
  const child = spawn("mosquitto", ["-c", conf], { stdio: "ignore", detached: true });
  const failed = once(child, "exit").then(() => Promise.reject(new Error("mosquitto ended")));
  failed.catch(() => undefined);
  await Promise.race([answers(port), failed]);
  const away = subscriber(port);
  await new Promise((resolve, reject) => away.once("connect", resolve).once("error", reject));
  await away.subscribeAsync([topics, endMark], { qos: 1 });
  await away.endAsync();

  return {
    port,
    collect() {
      const payloads: string[] = [];
      return new Promise((resolve, reject) => {
        const client = subscriber(port);
        client.on("error", reject);
        client.on("connect", () => client.publish(endMark, "", { qos: 1 }));
        client.on("message", (topic, payload) => {
          if (topic !== endMark) payloads.push(payload.toString("utf8"));
          else client.endAsync(true).then(() => resolve(payloads), reject);
        });
      });
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

function subscriber(port: number): MqttClient {
  return connect(`mqtt://127.0.0.1:${port}`, { clientId: "bench", clean: false, reconnectPeriod: 0 });
}

async function answers(port: number): Promise<void> {
  const reached = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = createConnection(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.on("error", () => resolve(false));
    });
  while (!(await reached())) await sleep(20);
}
