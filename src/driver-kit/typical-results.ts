/** What of a profile's channel says how a result of it can be written. */
export interface ResultChannel {
  readonly loinc?: string | undefined;
  /** Wire unit -> UCUM. */
  readonly units?: Readonly<Record<string, string>> | undefined;
  readonly unit?: string | undefined;
  readonly values?: Readonly<Record<string, string>> | undefined;
  /** How many decimals a number may have, by UCUM unit. */
  readonly decimals?: Readonly<Record<string, readonly number[]>> | undefined;
  /** The least and the most that is plausible, by UCUM unit. */
  readonly range?: Readonly<Record<string, readonly [number, number]>> | undefined;
}

/** By LOINC: the UCUM unit, and what several people have. */
const byLoinc: Readonly<Partial<Record<string, readonly [string, ...string[]]>>> = {
  "4548-4": ["%", "5.9", "7.4", "4.8"],
  "1754-1": ["mg/L", "12", "35", "8"],
  "2161-8": ["mg/dL", "110", "84", "153"],
  "6690-2": ["10*3/uL", "6.8", "9.4", "5.1"],
  "789-8": ["10*6/uL", "4.72", "5.10", "4.31"],
  "718-7": ["g/dL", "13.9", "15.2", "12.4"],
  "4544-3": ["%", "41.5", "45.0", "37.8"],
  "777-3": ["10*3/uL", "245", "310", "198"],
};

/** For tests that only their number or the laboratory's own name tells. */
const byUnit: Readonly<Partial<Record<string, readonly string[]>>> = {
  "g/L": ["4.2", "3.8", "4.6"],
  "U/L": ["31", "24", "58"],
  "mmol/L": ["5.8", "7.1", "4.9"],
};

const most = 5;

/**
 * Results of several people for those channels that a profile maps, for a simulated analyzer that many profiles share: a
 * number with its wire unit behind a blank (`6.8 10*3/uL`), or a word. Nothing where it maps none.
 */
export function typicalResults(
  channels: Readonly<Record<string, ResultChannel>>,
): readonly Readonly<Record<string, string>>[] {
  const known = Object.entries(channels).flatMap(([name, channel]): [string, readonly string[]][] => {
    const [ucum, ...texts] = byLoinc[channel.loinc ?? ""] ?? [];
    return written(name, channel, ucum, texts);
  });
  const others = Object.entries(channels).flatMap(([name, channel]): [string, readonly string[]][] => {
    const { units, unit, values } = channel;
    if (units === undefined && unit === undefined && values === undefined) return [[name, ["NOT DETECTED"]]];
    return Object.values(units ?? {})
      .flatMap((ucum) => written(name, channel, ucum, byUnit[ucum] ?? []))
      .slice(0, 1);
  });
  const played = (known.length > 0 ? known : others).slice(0, most);
  if (played.length === 0) return [];
  return [0, 1, 2].map((n) => Object.fromEntries(played.map(([name, texts]) => [name, texts[n % texts.length] ?? ""])));
}

/** The texts with the channel's wire unit for a UCUM one; nothing where it has none. */
function written(
  name: string,
  { units = {} }: ResultChannel,
  ucum: string | undefined,
  texts: readonly string[],
): [string, readonly string[]][] {
  const wire = Object.keys(units).find((unit) => units[unit] === ucum);
  return wire === undefined || texts.length === 0 ? [] : [[name, texts.map((text) => `${text} ${wire}`)]];
}

/** A simulated result's number and the unit that was given with it. */
export function numberAndUnit(text: string): { readonly text: string; readonly unit?: string } {
  const [, number, unit] = /^([<>]?\d+(?:\.\d+)?) (\S+)$/.exec(text) ?? [];
  return number === undefined || unit === undefined ? { text } : { text: number, unit };
}
