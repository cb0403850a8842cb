import { createRequire } from "node:module";

/**
 * The library `mqtt`, loaded when a sink is first connected, and told to do without its table of 65,536 buffers, one
 * for each packet identifier: 10 MB for the sake of two bytes a message.
 */
export async function loadMqtt(): Promise<typeof import("mqtt")> {
  const mqtt = await import("mqtt");
  const here = createRequire(import.meta.url);
  // Its own copy of mqtt-packet, wherever npm put that.
  const packet: { writeToStream?: { cacheNumbers?: boolean } } = createRequire(here.resolve("mqtt"))("mqtt-packet");
  if (packet.writeToStream !== undefined) packet.writeToStream.cacheNumbers = false;
  return mqtt;
}
