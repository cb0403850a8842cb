import { type InARow, inARow } from "./in-a-row.ts";

/** Tells readings from what the sensors of a monitor show without end. */
export interface SensorContacts<T extends { readonly channel: string }> {
  /**
   * What of a message is a reading now. `due`: all that has settled is, also of sensors that were read before.
   * `completed`, with a determination: all of which no reading is as new as that.
   */
  see(shown: readonly T[], again: { readonly due: boolean; readonly completed: boolean }): readonly T[];
  /** The monitor was away: the sensors may be on somebody else. */
  interrupt(): void;
}

interface Contact {
  readonly row: InARow;
  /** Messages since it was read; endless where it was not. */
  since: number;
}

/**
 * A sensor is read once it has shown the same in `times` messages in a row, once for each time that it is put on. A
 * message that does not show it says that it was taken off; one that shows it twice is heard the first time.
 *
 * A determination may take `times` messages longer to be believed than a sensor that changed with it, for damage to one
 * number leaves the others. So what was read in the last `times` messages is not read again for it.
 */
export function sensorContacts<T extends { readonly channel: string }>(times: number): SensorContacts<T> {
  let contacts = new Map<string, Contact>();
  return {
    see(shown, { due, completed }) {
      const before = contacts;
      contacts = new Map();
      return shown.filter((one) => {
        if (contacts.has(one.channel)) return false;
        const contact = before.get(one.channel) ?? { row: inARow(times), since: Number.POSITIVE_INFINITY };
        contacts.set(one.channel, contact);
        contact.since++;
        const settled = contact.row.say(JSON.stringify(one));
        const unread = contact.since === Number.POSITIVE_INFINITY;
        if (!settled || !(unread || due || (completed && contact.since > times))) return false;
        contact.since = 0;
        return true;
      });
    },
    interrupt() {
      contacts = new Map();
    },
  };
}
