import { createConnection } from "node:net";
import { describe, expect, test } from "vitest";
import { mqttSinkSchema } from "../../src/config/site.ts";
import { encodeText } from "../../src/hl7/charset.ts";
import { mllpBlock } from "../../src/hl7/mllp.ts";
import { problems } from "../../src/model/problem.ts";
import { mqttSink } from "../../src/sinks/mqtt/mqtt.ts";
import { closingWithTest } from "../kit/closing.ts";
import { freePort } from "../kit/mosquitto.ts";
import { until } from "../kit/until.ts";
import { Memory, runCli } from "./run-cli.ts";

/** `vitalwire listen` at work, until the test ends. */
async function listening(...args: readonly string[]) {
  const [out, err, stop] = [new Memory(), new Memory(), new AbortController()];
  const port = await freePort();
  const ended = runCli(["listen", ...args, "--port", String(port)], { out, err, stop: stop.signal });
  closingWithTest()(() => {
    stop.abort();
    return ended;
  });
  await until(() => err.text.includes("listening at"));
  return { port, out, err };
}

describe("a receiver of HL7", () => {
  test.each([
    ["AA", []],
    ["AE", ["--fault", "AE"]],
    ["AR", ["--fault", "AR"]],
  ])("that answers %s prints the message", async (code, args) => {
    const { port, out } = await listening("hl7", ...args);
    const socket = createConnection(port, "127.0.0.1");
    let answered = "";
    socket.on("data", (bytes) => {
      answered += bytes.toString("latin1");
    });
    socket.write(mllpBlock(encodeText("MSH|^~\\&|A|B|C|D|20261123||ORU^R01^ORU_R01|7|P|2.5.1\rPID|1||CANARY-1\r")));
    await until(() => answered.includes(`MSA|${code}|7`));
    socket.destroy();
    expect(out.text.match(/^PID\|1\|\|CANARY-1$/gm)).toHaveLength(1);
  });
});

test("a broker says which MQTT it speaks and what to set, and so does the problem of who comes with another", async () => {
  const { port, err } = await listening("mqtt");
  await until(() => err.text.includes('MQTT 3.1.1 and no MQTT 5: the sink needs version: "3.1.1"'));
  const connect = async (version: string) => {
    const mqtt = { url: `mqtt://127.0.0.1:${port}`, insecure: true, version };
    const parts = { site: "s", gateway: "g", ackTimeoutMs: 2000, onAlert: () => {} };
    const sink = mqttSink(mqttSinkSchema.parse({ id: "bus", mqtt }), parts);
    const result = await sink.connect();
    await sink.close();
    return result;
  };
  expect(await connect("5")).toMatchObject({ code: "BROKER_REFUSED" });
  expect(problems.BROKER_REFUSED.todo).toContain('version: "3.1.1"');
  expect(await connect("3.1.1")).toEqual({ ok: true });
});
