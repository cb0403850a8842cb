import type { Observation } from "../model/observation.ts";
import type { Content } from "./sink.ts";

/**
 * The JSON that leaves the box, the same over MQTT and in files. Its shape is an interface: fields are added, never
 * renamed; `schema` rises when a meaning changes.
 */
export function observationJson(observation: Observation, content: Content): Record<string, unknown> {
  const { value, times, device, binding } = observation;
  return {
    schema: "vitalwire.observation/1",
    id: observation.id,
    purpose: content.purpose,
    site: content.site,
    gateway: content.gateway,
    subject: binding?.subject,
    subjectBy: binding && {
      method: binding.method,
      since: binding.since,
      verified: binding.verified,
      ...(binding.by === undefined ? {} : { by: binding.by }),
    },
    code: observation.code,
    value,
    group: observation.group,
    kind: observation.kind,
    status: observation.status,
    flags: observation.flags,
    measured: times.measured,
    measuredFrom: times.source,
    received: times.received.wall,
    hostClock: times.received.quality,
    ...(times.device === undefined ? {} : { deviceTime: times.device.text }),
    ...(times.skewMs === undefined ? {} : { deviceClockSkewMs: times.skewMs }),
    device,
    ...(observation.reported === undefined ? {} : { reported: observation.reported }),
  };
}
