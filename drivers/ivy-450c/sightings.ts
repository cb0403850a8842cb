import type { Numbers, Shown } from "./message.ts";

export interface Sightings {
  /** What of a message is a reading now. `due`: the time that the site has set for the sensors is over. */
  see(numbers: Numbers, due: boolean): { readonly cuff: readonly Shown[]; readonly sensors: readonly Shown[] };
  /** The stream was interrupted: what it shows next is of unknown age, and the sensors may be on somebody else. */
  interrupt(): void;
}

/**
 * A number is believed once so many messages in a row have shown it: the line has no checksum. What a sensor shows is
 * read once for each time that it is put on, and again with each determination. The cuff's values have neither time
 * nor age, so those shown when the stream is met are not read, for they may be anybody's. Other values after them are a determination.
 */
export function sightings(settleMessages: number): Sightings {
  let counts = new Map<string, { readonly text: string; readonly count: number }>();
  let contacts = new Map<string, boolean>();
  /** The determination shown last; empty where there has been none since the stream was met. */
  let determined: string | undefined;

  return {
    interrupt() {
      counts = new Map();
      contacts = new Map();
      determined = undefined;
    },
    see({ sensors, cuff }, due) {
      const key = JSON.stringify(cuff);
      const seen: readonly (readonly [string, string])[] = [
        ...sensors.map((one) => [one.channel, JSON.stringify(one)] as const),
        ["NIBP", key],
      ];
      counts = new Map(
        seen.map(([name, text]) => {
          const before = counts.get(name);
          return [name, { text, count: before?.text === text ? Math.min(before.count + 1, settleMessages) : 1 }];
        }),
      );
      const settled = (name: string) => counts.get(name)?.count === settleMessages;

      const earlier = determined === undefined;
      const complete = settled("NIBP") && cuff.length > 0 && key !== determined && !earlier;
      // A monitor that blanks its screen may show the same determination again.
      if (settled("NIBP")) determined = cuff.length > 0 ? key : (determined ?? "");

      contacts = new Map(sensors.map(({ channel }) => [channel, contacts.get(channel) ?? false]));
      const read = sensors.filter(({ channel }) => {
        if (!settled(channel) || !(complete || due || contacts.get(channel) === false)) return false;
        contacts.set(channel, true);
        return true;
      });
      return { cuff: complete ? cuff : [], sensors: read };
    },
  };
}
