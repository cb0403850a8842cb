import type { Source } from "./remark.ts";
import type { Site } from "./site.ts";

/**
 * Of the shipped profiles' texts, those that a site uses: named by its devices, or by its own profiles as what they are
 * like or whose id they must not take. A service need not read the whole catalogue to start. It is told by the texts'
 * top-level keys; where those do not tell, and where a device is recognised by its port, it is all of them.
 */
export function usedSources(
  site: Pick<Site, "devices">,
  own: readonly Source[],
  shipped: readonly Source[],
): readonly Source[] {
  const named = site.devices.map(({ profile }) => profile);
  const ids = own.map((source) => topLevelKey("id", source));
  if ([...named, ...ids].includes(undefined)) return shipped;
  const wanted = new Set([...named, ...ids, ...own.map((source) => topLevelKey("like", source))]);
  for (const source of shipped) if (wanted.has(topLevelKey("id", source))) wanted.add(topLevelKey("like", source));
  return shipped.filter((source) => {
    const id = topLevelKey("id", source);
    return id === undefined || wanted.has(id);
  });
}

/**
 * Of a site's own profiles' texts, those that its devices use; all of them where a device is recognised by its port. A
 * mistake in one that lies unused keeps no service from starting.
 */
export function usedOwn(site: Pick<Site, "devices">, own: readonly Source[]): readonly Source[] {
  const wanted = new Set(site.devices.map(({ profile }) => profile));
  if (wanted.has(undefined)) return own;
  for (const source of own) if (wanted.has(topLevelKey("id", source))) wanted.add(topLevelKey("like", source));
  wanted.delete(undefined);
  return own.filter((source) => wanted.has(topLevelKey("id", source)));
}

/** What a profile's text has for a key, as far as the text alone tells. */
export function topLevelKey(name: "id" | "like", { text }: Source): string | undefined {
  return new RegExp(`^${name}:[ \\t]*["']?([a-z0-9-]+)`, "m").exec(text)?.[1];
}
