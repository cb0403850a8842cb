import { checkDevices, type Known } from "./check-devices.ts";
import { type BarcodeJudge, checkAuthority, checkPlaces } from "./check-places.ts";
import { checkSinks } from "./check-sinks.ts";
import { durationMs } from "./duration.ts";
import { nearest } from "./nearest.ts";
import { type Locate, mistake, type Path, type Remark } from "./remark.ts";
import type { Site } from "./site.ts";

/**
 * What a site's configuration says that no schema can see: names that lead nowhere, one port for two devices, rules
 * that never fit, connections without TLS. Pure.
 */
export function checkSite(site: Site, profiles: Known, judge: BarcodeJudge, locate: Locate): readonly Remark[] {
  return [
    ...zone(site.timezone, ["timezone"], locate),
    ...clock(site, locate),
    ...unique("place", site.places, "places", locate),
    ...unique("device", site.devices, "devices", locate),
    ...unique("sink", site.sinks, "sinks", locate),
    ...checkPlaces(site, judge, locate),
    ...checkAuthority(site, locate),
    ...checkDevices(site, profiles, locate),
    ...site.devices.flatMap((d, i) => (d.timezone ? zone(d.timezone, ["devices", i, "timezone"], locate) : [])),
    ...checkSinks(site, locate),
  ];
}

function unique(what: string, all: readonly { readonly id: string }[], key: string, locate: Locate): readonly Remark[] {
  return all.flatMap(({ id }, i) => {
    const first = all.findIndex((other) => other.id === id);
    if (first === i) return [];
    const line = locate([key, first, "id"]).line;
    return [mistake(locate, [key, i, "id"], `There is another ${what} “${id}” in line ${line}.`)];
  });
}

function zone(name: string, path: Path, locate: Locate): readonly Remark[] {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return [];
  } catch {
    const meant = nearest(name, Intl.supportedValuesOf("timeZone"));
    const hint = meant === undefined ? "Use an IANA name such as Europe/Zurich." : `Did you mean “${meant}”?`;
    return [mistake(locate, path, `There is no time zone “${name}”. ${hint}`)];
  }
}

function clock(site: Site, locate: Locate): readonly Remark[] {
  const { note, hold } = site.clock;
  if (durationMs(note) <= durationMs(hold)) return [];
  return [mistake(locate, ["clock", "note"], `${note} is more than “hold” (${hold}), so it would never act.`)];
}
