import { createConnection, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { simulation } from "../../drivers/astm/simulation.ts";
import { type Player, play } from "../../src/cli/simulate/player.ts";

/** A simulated ASTM analyzer that calls the gateway, and calls again whenever the line breaks. It keeps its memory. */
export interface Analyzer {
  /** Takes a measurement of this specimen; it is kept until the gateway has acknowledged it. */
  measure(specimen: string, value: string): void;
  /** The ledger: what the gateway told this instrument to be safe, by specimen, in order. */
  readonly safe: readonly { readonly specimen: string; readonly value: string }[];
  /** How many measurements it has taken. */
  measured(): number;
  /** How many NAKs it was given. */
  refusals(): number;
  close(): void;
}

const NAK = 0x15;

/** Opens an analyzer that calls at this port until somebody answers. `onBytes` hears each time that bytes come. */
export async function openAnalyzer(port: number, onBytes: () => void = () => {}): Promise<Analyzer> {
  const measured: { readonly specimen: string; readonly value: string }[] = [];
  const safe: { readonly specimen: string; readonly value: string }[] = [];
  let [refusals, closed] = [0, false];
  let player: Player | undefined;

  const analyzer: Analyzer = {
    measure(specimen, value) {
      measured.push({ specimen, value });
      player?.measure({ specimen, HbA1c: value }, new Date().toISOString().slice(0, 19));
    },
    safe,
    measured: () => measured.length,
    refusals: () => refusals,
    close() {
      closed = true;
      player?.stop();
    },
  };

  function connected(socket: Socket): void {
    socket.setNoDelay(true);
    socket.on("data", (bytes: Uint8Array) => {
      refusals += bytes.filter((byte) => byte === NAK).length;
      onBytes();
    });
    socket.on("close", () => {
      if (!closed) void call().then((next) => next && connected(next));
    });
    if (player === undefined) {
      player = play(simulation.instrument(), socket, (n) => {
        const result = measured[n - 1];
        if (result !== undefined) safe.push(result);
      });
    } else player.attach(socket);
  }

  /** Calls until somebody answers. */
  async function call(): Promise<Socket | undefined> {
    while (!closed) {
      const socket = await new Promise<Socket | undefined>((resolve) => {
        const trying = createConnection(port, "127.0.0.1");
        trying.once("connect", () => resolve(trying));
        trying.once("error", () => resolve(undefined));
      });
      if (socket !== undefined) return socket;
      await sleep(20);
    }
    return undefined;
  }

  const first = await call();
  if (first !== undefined) connected(first);
  return analyzer;
}
