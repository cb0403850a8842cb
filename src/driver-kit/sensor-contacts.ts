import { type InARow, inARow } from "./in-a-row.ts";

/** Tells readings from what the sensors of a monitor show without end. */
export interface SensorContacts<T extends { readonly channel: string }> {
  /** What of a message is a reading now. `again`: all that has settled is, also of sensors that were read before. */
  see(shown: readonly T[], again: boolean): readonly T[];
  /** The monitor was away: the sensors may be on somebody else. */
  interrupt(): void;
}

interface Contact {
  readonly row: InARow;
  read: boolean;
}

/**
 * A sensor is read once it has shown the same in `times` messages in a row, once for each time that it is put on. A
 * message that does not show it says that it was taken off; one that shows it twice is heard the first time.
 */
export function sensorContacts<T extends { readonly channel: string }>(times: number): SensorContacts<T> {
  let contacts = new Map<string, Contact>();
  return {
    see(shown, again) {
      const before = contacts;
      contacts = new Map();
      return shown.filter((one) => {
        if (contacts.has(one.channel)) return false;
        const contact = before.get(one.channel) ?? { row: inARow(times), read: false };
        contacts.set(one.channel, contact);
        if (!contact.row.say(JSON.stringify(one)) || (contact.read && !again)) return false;
        contact.read = true;
        return true;
      });
    },
    interrupt() {
      contacts = new Map();
    },
  };
}
