import { inARow } from "../../src/driver-kit/in-a-row.ts";
import { sensorContacts } from "../../src/driver-kit/sensor-contacts.ts";
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
  const cuffRow = inARow(2);
  const contacts = sensorContacts<Reading>(2);
  /** Whom the last reply was of. */
  let before: string | undefined;
  let determined: string | undefined;
  let waiting = false;

  function interrupt(): void {
    cuffRow.begin();
    contacts.interrupt();
  }

  return {
    get waiting() {
      return waiting;
    },
    interrupt,
    see(state, due) {
      const who = JSON.stringify([state.reported, state.serial, state.patientType, state.demo]);
      if (who !== before) interrupt();
      before = who;

      const cuff = state.readings.filter(ofTheCuff);
      const key = JSON.stringify(cuff);
      const settled = cuffRow.say(key);
      const unread = cuff.length > 0 && key !== determined;
      const complete = unread && settled;
      waiting = unread && !complete;
      if (complete) determined = key;

      const sensors = state.readings.filter((reading) => !ofTheCuff(reading));
      return { determination: complete ? cuff : [], spot: contacts.see(sensors, { due, completed: complete }) };
    },
  };
}

/** The cuff's values have a time of their own, or are named as the cuff's. */
function ofTheCuff({ channel }: Reading): boolean {
  return channel.startsWith("NBP") || channel === "Pulse NBP";
}
