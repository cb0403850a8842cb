import type { Reading, State } from "./replies.ts";

/** What of a reply is a reading now: the cuff's determination, and what the sensors show. */
export interface Readable {
  readonly determination: readonly Reading[];
  readonly spot: readonly Reading[];
}

export interface Sightings {
  /** Judges a reply. `due`: the time that the site has set for the sensors is over. */
  see(state: State, due: boolean): Readable;
  /** Whether what is shown has a determination that waits for a second reply to show the same. */
  readonly waiting: boolean;
  /** The monitor has nobody to report on, or was away: who is on its sensors afterwards is another one. */
  interrupt(): void;
}

/**
 * Nothing is a reading that only one reply has shown: the line has no checksum, and two replies in a row are not
 * damaged alike. A determination is read once, known by its time and values. What a sensor shows is read once it has
 * been the same in two replies, once for each time that the sensor is put on; again with each determination, after
 * another patient was entered, and as often as the site has set.
 */
export function sightings(): Sightings {
  let before: { who: string; shown: Map<string, string> } | undefined;
  let determined: string | undefined;
  let waiting = false;
  /** The sensors that show something, and whether that has been read. */
  let contacts = new Map<string, boolean>();

  return {
    get waiting() {
      return waiting;
    },
    interrupt() {
      before = undefined;
      contacts = new Map();
    },
    see(state, due) {
      const who = JSON.stringify([state.reported, state.serial, state.patientType, state.demo]);
      const last = before;
      before = { who, shown: new Map(state.readings.map((reading) => [reading.channel, JSON.stringify(reading)])) };
      const twice = ({ channel }: Reading) =>
        last?.who === who && last.shown.get(channel) === before?.shown.get(channel);
      if (last !== undefined && last.who !== who) contacts = new Map();

      const cuff = state.readings.filter(ofTheCuff);
      const key = JSON.stringify(cuff);
      const unread = cuff.length > 0 && key !== determined;
      const complete = unread && cuff.every(twice) && sameCuff(last?.shown, cuff);
      waiting = unread && !complete;
      if (complete) determined = key;

      const sensors = state.readings.filter((reading) => !ofTheCuff(reading));
      contacts = new Map(sensors.map(({ channel }) => [channel, contacts.get(channel) ?? false]));
      const spot = sensors.filter((reading) => {
        if (!twice(reading) || !(complete || due || contacts.get(reading.channel) === false)) return false;
        contacts.set(reading.channel, true);
        return true;
      });
      return { determination: complete ? cuff : [], spot };
    },
  };
}

/** The cuff's values have a time of their own, or are named as the cuff's. */
function ofTheCuff({ channel }: Reading): boolean {
  return channel.startsWith("NBP") || channel === "Pulse NBP";
}

/** Whether the earlier reply showed no value of the cuff beyond these. */
function sameCuff(shown: ReadonlyMap<string, string> | undefined, cuff: readonly Reading[]): boolean {
  const names = [...(shown?.keys() ?? [])].filter((name) => name.startsWith("NBP") || name === "Pulse NBP");
  return names.length === cuff.length;
}
