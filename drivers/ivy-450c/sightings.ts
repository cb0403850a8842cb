import { inARow } from "../../src/driver-kit/in-a-row.ts";
import { sensorContacts } from "../../src/driver-kit/sensor-contacts.ts";
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
  const cuffRow = inARow(settleMessages);
  const contacts = sensorContacts<Shown>(settleMessages);
  /** The determination shown last; empty where there has been none since the stream was met. */
  let determined: string | undefined;

  return {
    interrupt() {
      cuffRow.begin();
      contacts.interrupt();
      determined = undefined;
    },
    see({ sensors, cuff }, due) {
      const key = JSON.stringify(cuff);
      const settled = cuffRow.say(key);
      const earlier = determined === undefined;
      const complete = settled && cuff.length > 0 && key !== determined && !earlier;
      // A monitor that blanks its screen may show the same determination again.
      if (settled) determined = cuff.length > 0 ? key : (determined ?? "");
      return { cuff: complete ? cuff : [], sensors: contacts.see(sensors, { due, completed: complete }) };
    },
  };
}
