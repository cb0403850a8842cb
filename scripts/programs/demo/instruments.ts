import { createConnection } from "node:net";
import { join } from "node:path";
import { simulation as afinion } from "../../../drivers/astm/simulation.ts";
import { simulation as dinamap } from "../../../drivers/ge-dinamap/simulation.ts";
import { simulation as scale } from "../../../drivers/health-o-meter/simulation.ts";
import { simulation as ultra2 } from "../../../drivers/onetouch-ultra2/simulation.ts";
import { simulation as scanner } from "../../../drivers/text-scanner/simulation.ts";
import { type Player, play } from "../../../src/cli/simulate/player.ts";
import { openPty, type Pty } from "../../../src/cli/simulate/pty.ts";
import type { Instrument } from "../../../src/driver-kit/instrument.ts";

/** The demo's instruments, each at the end of a real line. */
export interface Instruments {
  scan(code: string): void;
  weigh(values: Readonly<Record<string, string>>): void;
  vitals(values: Readonly<Record<string, string>>): void;
  /** Pricks a finger: the meter keeps the result until its cable is plugged in. */
  glucose(values: Readonly<Record<string, string>>): void;
  plugMeterIn(): Promise<void>;
  unplugMeter(): void;
  analyze(values: Readonly<Record<string, string>>): void;
  close(): void;
}

export async function openInstruments(folder: string, analyzerPort: number, zone: string): Promise<Instruments> {
  const open: (Pty | Player)[] = [];
  const onPty = async (name: string, instrument: Instrument): Promise<Player> => {
    const pty = await openPty(join(folder, name));
    const player = play(instrument, pty.stream);
    open.push(pty, player);
    return player;
  };
  const now = (): string => localTime(new Date(), zone);

  const [scannerPlayer, scalePlayer, monitorPlayer] = await Promise.all([
    onPty("scanner", scanner.instrument()),
    onPty("scale", scale.instrument()),
    onPty("monitor", dinamap.instrument()),
  ]);
  // The meter keeps its memory while its cable is out, so it lives on between the lines that it is plugged into.
  const meter = ultra2.instrument();
  let meterPlayer: Player | undefined;
  let meterPty: Pty | undefined;
  const analyzer = play(afinion.instrument(), createConnection(analyzerPort, "127.0.0.1"));
  open.push(analyzer);

  return {
    scan: (code) => scannerPlayer.measure({ barcode: code }, now()),
    weigh: (values) => scalePlayer.measure(values, now()),
    vitals: (values) => monitorPlayer.measure(values, now()),
    glucose: (values) => void meter.handle({ on: "measure", values, at: now() }),
    async plugMeterIn() {
      meterPty = await openPty(join(folder, "meter"));
      meterPlayer = play(meter, meterPty.stream);
      open.push(meterPlayer, meterPty);
    },
    unplugMeter() {
      meterPlayer?.stop();
      meterPty?.close();
    },
    analyze: (values) => analyzer.measure(values, now()),
    close() {
      for (const part of open) "close" in part ? part.close() : part.stop();
    },
  };
}

/** The time that a clock in this zone shows: `2026-11-23T14:05:09`. */
function localTime(at: Date, zone: string): string {
  return at.toLocaleString("sv-SE", { timeZone: zone }).replace(" ", "T");
}
