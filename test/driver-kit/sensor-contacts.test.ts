import { describe, expect, it } from "vitest";
import { sensorContacts } from "../../src/driver-kit/sensor-contacts.ts";

/** Plays messages such as `SPO2=98 PR=61`; `!` in front of one: the site's time is over; `+`: a determination; `-`: an interruption. */
function read(messages: readonly string[], times = 2): readonly string[] {
  const contacts = sensorContacts<{ channel: string; text: string }>(times);
  return messages.map((message) => {
    if (message === "-") contacts.interrupt();
    const shown = message.split(" ").flatMap((part) => {
      const [, channel, text] = /(\w+)=(\w+)/.exec(part) ?? [];
      return channel === undefined || text === undefined ? [] : [{ channel, text }];
    });
    return contacts
      .see(shown, { due: message.startsWith("!"), completed: message.startsWith("+") })
      .map(({ channel, text }) => `${channel}=${text}`)
      .join(" ");
  });
}

describe("a sensor", () => {
  it("is read once, when it has shown the same in so many messages in a row", () => {
    expect(read(["A=1", "A=2", "A=2", "A=3", "A=3"])).toEqual(["", "", "A=2", "", ""]);
    expect(read(["A=1", "A=1", "A=1"], 3)).toEqual(["", "", "A=1"]);
  });

  it("is read anew once a message did not show it", () =>
    expect(read(["A=1", "A=1", "B=7", "A=1", "A=1"])).toEqual(["", "A=1", "", "", "A=1"]));

  it("does not settle within one message that shows it twice", () =>
    expect(read(["A=1", "A=2 A=2", "A=2 A=3"])).toEqual(["", "", "A=2"]));

  it("settles by itself, whatever the others show", () =>
    expect(read(["A=1 B=7", "A=1 B=8", "A=2 B=8"])).toEqual(["", "A=1", "B=8"]));

  it("is read again where it is asked for, once it has settled", () =>
    expect(read(["A=1", "A=1", "!A=1", "!A=2", "!A=2"])).toEqual(["", "A=1", "A=1", "", "A=2"]));

  it("is read again with a determination, where no reading of it is as new as that", () => {
    expect(read(["A=1", "A=1", "+A=1", "+A=1", "A=1"])).toEqual(["", "A=1", "", "", ""]);
    expect(read(["A=1", "A=1", "A=1", "A=1", "+A=1", "A=1"])).toEqual(["", "A=1", "", "", "A=1", ""]);
    expect(read(["A=1", "+A=1", "A=1", "+A=1"])).toEqual(["", "A=1", "", ""]);
  });

  it("must settle anew after an interruption, and is read anew", () =>
    expect(read(["A=1", "A=1", "-", "A=1", "A=1"])).toEqual(["", "A=1", "", "", "A=1"]));
});
