import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { SessionEvent } from "../../../src/driver-kit/contract.ts";
import { joined } from "../../../src/driver-kit/replay.ts";
import { bytesOf } from "../../../src/driver-kit/text.ts";
import { input, random, randomBytes } from "./damage.ts";
import type { Trial } from "./trial.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const flood = 2 * 2 ** 20;
const allowed = flood / 2;

/**
 * Two megabytes that never end a frame leave nothing behind: a session holds at most one frame, whatever comes. The
 * floods: the first half of the capture (a start without an end) followed by one byte for ever, and random bytes.
 */
export function staysBounded(trial: Trial): readonly string[] {
  if (trial.driver.input === "reports") return [];
  const all = input(trial.capture.lines);
  const half = all.subarray(0, Math.ceil(all.length / 2));
  const draw = random(11);
  const floods: [string, Uint8Array, () => Uint8Array][] = [
    ["digits", half, () => bytesOf("1".repeat(1024))],
    ["blanks", half, () => bytesOf(" ".repeat(1024))],
    ["random bytes", new Uint8Array(), () => randomBytes(draw, 1024)],
    ["halves of the capture", new Uint8Array(), () => joined([half, half])],
  ];
  return floods.flatMap(([what, first, next]) => {
    try {
      // The heap also holds what the engine has learned meanwhile; a session that hoards does so every time.
      const grown = [1, 2].every(() => growth(trial, first, next) > allowed);
      return grown ? [`holds more than ${allowed >> 10} KiB after ${flood >> 10} KiB of ${what}`] : [];
    } catch (error) {
      return [`throws on ${what}: ${error}`];
    }
  });
}

/** By how many bytes a session has grown after the flood. */
function growth(trial: Trial, first: Uint8Array, next: () => Uint8Array): number {
  const session = trial.driver.session(trial.options);
  const give = (event: SessionEvent) => {
    const receipts = session.handle(event).flatMap((action) => (action.do === "report" ? [action.receipt] : []));
    for (const receipt of receipts) session.handle({ on: "stored", receipt });
  };
  give({ on: "open" });
  give({ on: "data", bytes: first });
  const before = held();
  for (let given = 0; given < flood; ) {
    const bytes = next();
    if (bytes.length === 0) break;
    give({ on: "data", bytes });
    given += bytes.length;
  }
  const grown = held() - before;
  // The session is used once more, so that it is not itself garbage when it is weighed.
  give({ on: "close" });
  return grown;
}

function held(): number {
  // Each collection waits for what the one before it still sweeps in the background.
  for (let i = 0; i < 3; i++) collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
