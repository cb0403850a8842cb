import { receiveHl7 } from "../../../src/cli/listen/hl7.ts";
import { receiveMqtt } from "../../../src/cli/listen/mqtt.ts";
import { parse } from "../../../src/hl7/message.ts";

/** One observation as a receiver holds it, told without the sender's help. */
export interface Held {
  readonly over: "HL7" | "MQTT";
  readonly whose: string;
  readonly code: string;
  readonly value: string;
  readonly unit: string;
}

/** The clinic's side: an HL7 (MLLP) listener and an MQTT broker, and what each has been given. */
export interface Clinic {
  readonly held: readonly Held[];
  close(): Promise<void>;
}

export async function openClinic(hl7Port: number, mqttPort: number): Promise<Clinic> {
  const held: Held[] = [];
  const hl7 = await receiveHl7({
    port: hl7Port,
    address: "127.0.0.1",
    onMessage: (text) => held.push(...readHl7(text)),
  });
  const mqtt = await receiveMqtt({
    port: mqttPort,
    onMessage: ({ topic, payload }) => {
      if (topic.endsWith("/observation")) held.push(...readMqtt(new TextDecoder().decode(payload)));
    },
  });
  return {
    held,
    async close() {
      await Promise.all([hl7.close(), mqtt.close()]);
    },
  };
}

function readHl7(text: string): readonly Held[] {
  const parsed = parse(text);
  if (!parsed.ok) return [{ over: "HL7", whose: "?", code: "unreadable", value: parsed.problem, unit: "" }];
  const { message } = parsed;
  const patient = message.get("PID-3.1");
  const specimen = message.get("SPM-2.1") || message.get("SPM-2.1.1");
  const whose = patient ? `patient ${patient}` : specimen ? `specimen ${specimen}` : "nobody";
  return message.all("OBX").map((obx) => ({
    over: "HL7" as const,
    whose,
    code: obx.get(3) ?? "",
    value: obx.get(2) === "SN" ? `${obx.get(5, 1) ?? ""}${obx.get(5, 2) ?? ""}` : (obx.get(5) ?? ""),
    unit: obx.get(6) ?? "",
  }));
}

interface MqttPayload {
  readonly observations: readonly {
    readonly subject?: { readonly patient?: { readonly id: string }; readonly specimen?: string };
    readonly code: { readonly loinc?: string; readonly channel: string };
    readonly value: { readonly text?: string; readonly bound?: string; readonly unit?: string };
  }[];
}

function readMqtt(text: string): readonly Held[] {
  const payload = JSON.parse(text) as MqttPayload;
  return payload.observations.map(({ subject, code, value }) => ({
    over: "MQTT" as const,
    whose: subject?.patient
      ? `patient ${subject.patient.id}`
      : subject?.specimen
        ? `specimen ${subject.specimen}`
        : "nobody",
    code: code.loinc ?? code.channel,
    value: `${value.bound ?? ""}${value.text ?? ""}`,
    unit: value.unit ?? "",
  }));
}
