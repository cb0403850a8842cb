import { type Call, command, type Exit, exit, jsonOption, UsageError } from "../command.ts";
import { type Fault, receiveHl7 } from "../listen/hl7.ts";
import { receiveMqtt } from "../listen/mqtt.ts";
import { visible } from "../output.ts";

const faults: Readonly<Record<string, Fault>> = {
  AE: { do: "answer", code: "AE", text: "scripted error" },
  AR: { do: "answer", code: "AR", text: "scripted rejection" },
  late: { do: "late", ms: 60_000 },
  "wrong-id": { do: "wrong-id" },
  garbage: { do: "garbage" },
  silent: { do: "silent" },
  close: { do: "close-mid-ack" },
};

const options = {
  port: { type: "string", value: "PORT", help: "port to listen on (default 2575 for hl7, 1883 for mqtt)" },
  address: { type: "string", value: "ADDRESS", help: "address to listen on (default 127.0.0.1)" },
  fault: {
    type: "string",
    value: "FAULT",
    help: `hl7: answer each message with a fault (${Object.keys(faults).join(", ")})`,
  },
  json: jsonOption,
} as const;

/** A clinic's receiver for trying things out: prints what it is given, and acknowledges it. */
export const listen = command({
  name: "listen",
  summary: "a clinic receiver for trying things out",
  usage: "hl7|mqtt [--port PORT]",
  about: [
    "It prints what it receives, patients' identifiers too, and keeps nothing. No TLS: for trying out on this machine.",
    'The MQTT broker speaks 3.1.1, so the sink needs version: "3.1.1".',
  ].join("\n"),
  options,
  words: [1, 1],
  examples: [
    ["vitalwire listen hl7 --port 2575", "an HL7 receiver that says AA to everything"],
    ["vitalwire listen hl7 --fault AE", "one that reports an error each time"],
    ["vitalwire listen mqtt --port 1883", "an MQTT broker"],
  ],
  exits: [exit.failed],
  run: act,
});

async function act({ words: [what], values, output, around }: Call<typeof options>): Promise<Exit> {
  if (what !== "hl7" && what !== "mqtt") throw new UsageError("Say what to listen for: hl7 or mqtt.");
  const port = Number(values.port ?? (what === "hl7" ? 2575 : 1883));
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError("--port takes a number up to 65535.");
  const address = values.address ?? "127.0.0.1";
  const fault = values.fault === undefined ? undefined : faults[values.fault];
  if (values.fault !== undefined && (fault === undefined || what !== "hl7")) {
    throw new UsageError(`--fault is for hl7 and takes one of ${Object.keys(faults).join(", ")}.`);
  }
  const stopped = new Promise((resolve) => around.stop.addEventListener("abort", resolve, { once: true }));
  const print = (text: string): void =>
    output.record({ message: text }, `${text.split("\r").map(visible).join("\n")}\n`);
  try {
    const receiver =
      what === "hl7"
        ? await receiveHl7({
            port,
            address,
            onMessage: print,
            onRefused: print,
            ...(fault === undefined ? {} : { fault: () => fault }),
          })
        : await receiveMqtt({
            port,
            address,
            onMessage: ({ topic, payload, qos, retain }) => {
              const text = new TextDecoder().decode(payload);
              output.record({ topic, payload: text, qos, retain }, `${visible(topic)}\n  ${visible(text)}`);
            },
          });
    output.note(`listening at ${address}:${receiver.port}; Ctrl-C ends it`);
    if (what === "mqtt") output.note('It speaks MQTT 3.1.1 and no MQTT 5: the sink needs version: "3.1.1".');
    await stopped;
    await receiver.close();
    return exit.ok;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    if (!/^E[A-Z]+$/.test(code)) throw error;
    output.note(`The port ${port} at ${address} cannot be listened on: ${code}.`);
    return exit.failed;
  }
}
