import type { Simulation } from "../../src/driver-kit/instrument.ts";
import { type Memory, memoryMeter } from "../../src/driver-kit/memory-meter.ts";
import { questionsUntil } from "../../src/driver-kit/questions.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";
import { wallParts } from "../../src/driver-kit/wall-clock.ts";

interface Stored {
  readonly value: string;
  readonly time: string;
}

/** A meter that is asked in words; `glucose` in mg/dL, `meal` 0 to 6. */
function instrument() {
  const commands = questionsUntil("\r");
  return memoryMeter<Stored>({
    capacity: 500,
    newest: "first",
    record({ glucose, meal }, at) {
      if (glucose === undefined) return undefined;
      return { value: `${glucose} ${meal ?? "0"}`, time: Object.values(wallParts(at)).join(" ") };
    },
    answer: (heard, memory) => commands(heard).map((command) => bytesOf(`${answer(command, memory)}\r`)),
  });
}

function answer(command: string, { records }: Memory<Stored>): string {
  const [, index] = /^get glurec ([0-9]{1,4})$/.exec(command) ?? [];
  if (index !== undefined) {
    const stored = records[Number(index)];
    return stored === undefined ? "E1" : `200 glurec 0 0 ${stored.value} ${stored.time}`;
  }
  switch (command) {
    case "hello":
      return "200 hello BG01-02";
    case "get serial":
      return "200 serial BGS1234567";
    case "get datetime":
      return `200 ${records[0]?.time ?? ""}`;
    case "get glucount":
      return `200 glucount ${records.length}`;
    case "get gluunit":
      return "200 gluunit mg/dL";
    default:
      return "E2";
  }
}

export const simulation: Simulation = {
  instrument,
  samples: [{ glucose: "98" }, { glucose: "142", meal: "2" }, { glucose: "67", meal: "5" }],
};
