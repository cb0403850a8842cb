const contentType = "application/json";
const messageId = "message-id";

/** What every message carries beside its payload, in MQTT 5 alone. */
export const publishProperties = (controlId: string) => ({
  properties: { contentType, userProperties: { [messageId]: controlId } },
});

/** Octets of the PUBLISH packet that carries it all, QoS 1. MQTT 5, section 3.3. Lengths in octets. */
export function publishBytes(of: {
  readonly topic: number;
  readonly payload: number;
  readonly controlId: number;
}): number {
  const text = (octets: number): number => 2 + octets;
  const properties = 1 + text(contentType.length) + 1 + text(messageId.length) + text(of.controlId);
  const rest = text(of.topic) + 2 + lengthOctets(properties) + properties + of.payload;
  return 1 + lengthOctets(rest) + rest;
}

/** Octets of a length as MQTT writes it, seven bits each. */
function lengthOctets(length: number): number {
  return length < 128 ? 1 : 1 + lengthOctets(Math.floor(length / 128));
}
