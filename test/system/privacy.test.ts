import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { expect, test } from "vitest";
import { openAnalyzer } from "../kit/analyzer.ts";
import { openClinic } from "../kit/clinic.ts";
import { closingWithTest } from "../kit/closing.ts";
import { allSettled, startGateway } from "../kit/gateway.ts";
import { freePort, mosquitto } from "../kit/mosquitto.ts";
import { hl7Sink, openRoom, weighing } from "../kit/room.ts";
import { until } from "../kit/until.ts";

/** Identifiers and values that occur nowhere by chance. */
const canaries = ["70614293", "80614293", "614293", "83.7", "84.7", "7.93"];

test("no identifier and no value is in the logs, in a topic, or in the name of a file, whatever goes wrong", async () => {
  const closing = closingWithTest();
  const broker = await mosquitto();
  closing(() => broker.remove());
  const clinic = await openClinic();
  closing(() => clinic.close());
  // The receiver's own words may quote the patient; they stay out of the log as well.
  clinic.fault = (_, count) => {
    if (count === 1) return { do: "answer", code: "AR", text: "patient 70614293 has no weight 83.7" };
    return count === 2 ? { do: "close-mid-ack" } : undefined;
  };
  const listener = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { protocolVersion: 5 });
  closing(() => listener.endAsync(true));
  const topics: string[] = [];
  const retained: string[] = [];
  listener.on("message", (topic, payload, { retain }) => {
    topics.push(topic);
    if (retain) retained.push(payload.toString("utf8"));
  });
  await listener.subscribeAsync("#", { qos: 1, rap: true });
  const port = await freePort();
  const room = await openRoom(closing, {
    analyzers: [port],
    sinks: [hl7Sink("ehr", clinic), { id: "bus", mqtt: { url: `mqtt://127.0.0.1:${broker.port}`, insecure: true } }],
  });
  const analyzer = await openAnalyzer(port);
  closing(() => analyzer.close());

  await room.scan("70614293");
  room.scale.write(weighing("83.7"));
  await room.stored(1);
  room.scanner.write("70614293 is no code of this room\r");
  room.scale.write(`Smith 70614293 83.7 ${"x".repeat(200)}`);
  analyzer.measure("S614293", "7.93");
  await until(() => analyzer.safe.length === 1);
  room.scale.write(weighing("84.7"));
  await room.stored(3);
  const held = (await room.gateway.readings()).find(({ observation }) => observation.standing.state === "held");
  await room.gateway.ask({
    do: "attach",
    ids: [held?.observation.id ?? ""],
    subject: { patient: "80614293" },
    accept: [],
    by: "N. Okafor",
  });
  await until(() => allSettled(room.gateway));
  await until(
    () => clinic.filed().length === 2 && topics.filter((topic) => topic.endsWith("/observation")).length === 3,
  );
  await room.gateway.stop();
  const again = await startGateway(room.folder);
  await again.stop();

  const names = readdirSync(room.folder, { recursive: true, encoding: "utf8" });
  expect(names.some((name) => /recordings\/scale-4\/.+\.jsonl$/.test(name))).toBe(true);
  // The recordings themselves hold raw bytes: that the canaries are there shows that they would be found elsewhere.
  const recorded = names
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => readFileSync(join(room.folder, name), "utf8"));
  const seen = {
    // Without the time of each line, whose seconds may end like a value: 14:09:57.931.
    log: (room.gateway.out() + room.gateway.err() + again.out() + again.err()).replaceAll(/T[\d:]{8}\.\d{3}Z/g, ""),
    names: names.join("\n"),
    topics: topics.join("\n"),
    retained: retained.join("\n"),
  };
  expect(recorded.join("")).toContain("70614293");
  for (const canary of canaries) {
    for (const [where, text] of Object.entries(seen))
      expect(text.includes(canary), `${canary} in ${where}`).toBe(false);
  }
});
