import { nearest } from "./nearest.ts";
import { note, type Remark } from "./remark.ts";
import type { ResolvedProfile } from "./resolve.ts";

/** What a driver is to a configuration: what its links deliver, and which words its options bring in. */
export interface DriverFacts {
  readonly input: "stream" | "reports";
  /** Nothing where the options do not tell, or have mistakes. */
  readonly speaks: (options: unknown) => Vocabulary | undefined;
  /** Options without which nothing is read, where these leave any out. */
  readonly lacks: (options: unknown) => readonly string[];
}

/** The channels and the units that options of a driver name; what a profile says nothing of is held. */
interface Vocabulary {
  readonly channels: readonly string[];
  readonly units: readonly string[];
}

/** What a site's own profile names in its templates and gives no meaning to: readings with it wait for a person. */
export function checkVocabulary({ profile, locate }: ResolvedProfile, facts: DriverFacts): readonly Remark[] {
  const spoken = facts.speaks(profile.options);
  if (spoken === undefined) return [];
  const { channels } = profile;
  const known = [...Object.keys(channels), ...profile.ignore];
  const units = Object.values(channels).flatMap((channel) => Object.keys(channel.units ?? {}));
  return [
    ...unmapped(spoken.channels, known).map((name) => {
      const text = `The templates name “${name}”, and “channels” has no such channel: its readings are held.${hint(name, known)}`;
      return note(locate, ["options", "readings"], text);
    }),
    ...unmapped(spoken.units, units).map((unit) => {
      const text = `No channel maps the unit “${unit}”: readings in it are held.${hint(unit, units)}`;
      return note(locate, ["options", "units"], text);
    }),
  ];
}

const unmapped = (spoken: readonly string[], known: readonly string[]): readonly string[] =>
  [...new Set(spoken)].filter((word) => !known.includes(word));

function hint(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant === undefined || word.length < 3 ? "" : ` Did you mean “${meant}”?`;
}
