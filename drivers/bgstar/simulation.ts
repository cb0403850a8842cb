import type { Instrument, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

const capacity = 500;

/** A meter that is put on the cable after its first measurement and stays; `glucose` in mg/dL, `meal` 0 to 6. */
function instrument(): Instrument {
  let heard = "";
  const memory: { readonly value: string; readonly time: string }[] = [];

  function answer(command: string): string | undefined {
    const [, index] = /^get glurec ([0-9]{1,4})$/.exec(command) ?? [];
    if (index !== undefined) {
      const stored = memory[Number(index)];
      return stored === undefined ? "E1" : `200 glurec 0 0 ${stored.value} ${stored.time}`;
    }
    switch (command) {
      case "hello":
        return "200 hello BG01-02";
      case "get serial":
        return "200 serial BGS1234567";
      case "get datetime":
        return `200 ${memory[0]?.time ?? ""}`;
      case "get glucount":
        return `200 glucount ${memory.length}`;
      case "get gluunit":
        return "200 gluunit mg/dL";
      default:
        return "E2";
    }
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
        case "wake":
          return [];
        case "data": {
          const commands = (heard + latin1(event.bytes)).split("\r");
          heard = (commands.pop() ?? "").slice(-64);
          if (memory.length === 0) return [];
          return commands.map((command) => ({ do: "write", bytes: bytesOf(`${answer(command)}\r`) }) as const);
        }
        case "measure": {
          const { glucose, meal } = event.values;
          if (glucose === undefined) return [];
          const time = event.at.split(/[-T:]/).map(Number).join(" ");
          memory.unshift({ value: `${glucose} ${meal ?? "0"}`, time });
          memory.splice(capacity);
          return [];
        }
        default:
          return event satisfies never;
      }
    },
  };
}

export const simulation: Simulation = {
  instrument,
  samples: [{ glucose: "98" }, { glucose: "142", meal: "2" }, { glucose: "67", meal: "5" }],
};
