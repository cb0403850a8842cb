import { durationMs } from "../config/duration.ts";
import type { Sink as SinkConfig, Site } from "../config/site.ts";
import type { Alert } from "./alarm.ts";
import type { Sink } from "./sink.ts";

/** What the sinks tell beside their results. Names of sinks and codes; nothing of a message. */
export type SinkNote = (event: string, fields: Readonly<Record<string, string>>) => void;

/** Makes the sink that a section of the configuration describes; its libraries are loaded only where one is used. */
export async function makeSink(
  config: SinkConfig,
  site: Pick<Site, "site" | "gateway">,
  note: SinkNote,
  onAlert: (alert: Alert) => void,
): Promise<Sink> {
  if ("hl7" in config) {
    const { hl7Sink } = await import("./hl7/hl7.ts");
    return hl7Sink(config, {
      ackTimeoutMs: durationMs(config.hl7.ackTimeout),
      onLateAnswer: ({ code }) => note("late-answer", { sink: config.id, answer: code }),
    });
  }
  if ("mqtt" in config) {
    const { mqttSink } = await import("./mqtt/mqtt.ts");
    return mqttSink(config, { ...site, ackTimeoutMs: durationMs(config.mqtt.ackTimeout), onAlert });
  }
  const { fileSink } = await import("./file/file.ts");
  return fileSink(config);
}
