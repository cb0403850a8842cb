import { simulation } from "../../../drivers/onetouch-ultra2/simulation.ts";
import { openPty } from "../../../src/cli/simulate/pty.ts";
import type { GatewayProcess } from "./gateway.ts";
import { inRoom } from "./room.ts";

const results = 500;
const minutesApart = 5;
const zone = "Europe/Zurich";

/**
 * A meter with a full memory, downloaded three times: all of it is stored, read again it gives nothing new, and a third
 * time one result alone that was measured since. In seconds from the last byte that the meter wrote (a pty has no line
 * speed, and the line's own time is not the gateway's): to the last result stored, and to the one new result stored,
 * all others having been known again.
 */
export async function meterDownload(): Promise<{ readonly stored: number; readonly again: number }> {
  return inRoom({ scales: 0, sinks: [], meter: true }, async ({ meterPath, start }) => {
    const gateway = await start();
    const meter = new FullMeter();
    const first = await download(gateway, meter, meterPath, results);
    await download(gateway, meter, meterPath, results);
    meter.measure("98", new Date());
    const third = await download(gateway, meter, meterPath, results + 1);
    const { counts } = await gateway.until(() => true);
    if (counts.observations !== results + 1) throw new Error(`${counts.observations} results were stored`);
    return { stored: first / 1000, again: third / 1000 };
  });
}

/** Puts the meter on the cable until its memory was read whole and so many results are stored; answers how long. */
async function download(gateway: GatewayProcess, meter: FullMeter, path: string, expected: number): Promise<number> {
  const before = meter.downloads;
  const pty = await openPty(path);
  try {
    pty.stream.on("data", (bytes: Uint8Array) => meter.hear(bytes, (answer) => pty.stream.write(answer)));
    await gateway.until(({ counts, devices }) => {
      const read = devices.find(({ device }) => device === "meter")?.bytesIn ?? 0;
      return meter.downloads > before && read >= meter.written && counts.observations >= expected;
    }, 5);
    return performance.now() - meter.wroteAt;
  } finally {
    pty.close();
    await gateway.until(({ devices }) =>
      devices.some(({ device, state }) => device === "meter" && state === "waiting"),
    );
  }
}

/** A OneTouch Ultra 2 whose memory is full. */
class FullMeter {
  readonly #instrument = simulation.instrument();
  /** How often its memory was written whole. */
  downloads = 0;
  /** Octets written so far. */
  written = 0;
  /** When the last byte of its memory was written. */
  wroteAt = Number.NaN;

  constructor() {
    const now = Date.now();
    for (let n = results; n > 0; n--) this.measure(String(100 + (n % 300)), new Date(now - n * minutesApart * 60_000));
  }

  measure(glucose: string, at: Date): void {
    const local = at.toLocaleString("sv-SE", { timeZone: zone }).replace(" ", "T");
    this.#instrument.handle({ on: "measure", values: { glucose }, at: local });
  }

  hear(bytes: Uint8Array, write: (bytes: Uint8Array) => void): void {
    const answers = this.#instrument.handle({ on: "data", bytes }).filter((action) => action.do === "write");
    for (const answer of answers) {
      write(answer.bytes);
      this.written += answer.bytes.length;
    }
    if (answers.length <= results) return;
    this.downloads += 1;
    this.wroteAt = performance.now();
  }
}
