import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { durationMs } from "../../config/duration.ts";
import { durationText, type Profile } from "../../config/profile.ts";
import { loadDriver, loadSimulation } from "../../devices/drivers.ts";
import type { Simulation } from "../../driver-kit/instrument.ts";
import type { Problem } from "../../model/problem.ts";
import { type Call, command, type Exit, exit, jsonOption, UsageError } from "../command.ts";
import { knownProfiles, profilesOption } from "../known-profiles.ts";
import { type Player, play } from "../simulate/player.ts";
import { lastsMs, namesOf, samplesOf } from "../simulate/probe.ts";
import { FolderMissing, PathTaken, SocatMissing, servePty } from "../simulate/pty.ts";
import { zoneOf } from "../zone.ts";

const options = {
  pty: { type: "string", value: "PATH", help: "play on a pseudo-terminal, linked at this path" },
  listen: { type: "string", value: "PORT", help: "play on whatever connects to this TCP port" },
  connect: { type: "string", value: "HOST:PORT", help: "play on a TCP connection made to there" },
  every: {
    type: "string",
    value: "TIME",
    help: "measure so often (default 10s); a measurement that takes longer ends first",
  },
  count: { type: "string", value: "N", help: "stop after so many measurements (default: go on until Ctrl-C)" },
  set: {
    type: "string",
    value: "NAME=TEXT",
    multiple: true,
    help: "measure this, instead of the samples: a channel of the profile, or what goes with it, and its text",
  },
  timezone: {
    type: "string",
    value: "ZONE",
    help: "zone of the instrument's clock (default: the site's, or this machine's)",
  },
  config: profilesOption,
  json: jsonOption,
} as const;

/** What a gateway is given to set up a port that it has opened. */
const setUpMs = 1000;

type Sample = Simulation["samples"][number];
type Values = Parameters<Parameters<typeof command<typeof options>>[0]["run"]>[0]["values"];

/** Plays an instrument on a pty or a TCP port, in its real wire format, for trying things out. */
export const simulate = command({
  name: "simulate",
  summary: "plays an instrument on a pty or a TCP port",
  usage: "PROFILE (--pty PATH | --listen PORT | --connect HOST:PORT)",
  about: "It says when the gateway has told the instrument that a measurement is safe, where the protocol has that.",
  options,
  words: [1, 1],
  examples: [
    ["vitalwire simulate health-o-meter-esc --pty /tmp/scale", "a scale that weighs somebody every ten seconds"],
    ["vitalwire simulate health-o-meter-esc --pty /tmp/scale --set W=72.5 --count 1", "one weighing of 72.5 kg"],
    [
      "vitalwire simulate our-scale --config site.yaml --pty /tmp/scale",
      "an instrument of a profile of the site's own",
    ],
    ["vitalwire simulate abbott-afinion-2 --connect 127.0.0.1:4001", "an analyzer that calls the gateway"],
  ],
  exits: [exit.found, exit.failed],
  exitsHere: { [exit.found]: "the profile has mistakes; nothing was played" },
  run: act,
});

async function act({ words, values, output, around }: Call<typeof options>): Promise<Exit> {
  const [id = ""] = words;
  const profiles = await knownProfiles({ output, around }, values.config);
  if (typeof profiles === "number") return profiles;
  const profile = await profiles.find(id);
  if (typeof profile === "number") return profile;
  if (profile.match?.bulk !== undefined && profile.match.usb !== undefined)
    throw new UsageError(`“${id}” is a USB device of its own kind, which no pty and no TCP port can stand for.`);
  if ((await loadDriver(profile.driver))?.input === "reports")
    throw new UsageError(`“${id}” is a HID device, which no pty and no TCP port can stand for.`);
  const simulation = await loadSimulation(profile.driver);
  if (simulation === undefined) throw new UsageError(`The driver “${profile.driver}” has no simulated instrument.`);
  const samples = measuredOf(values, simulation, profile);
  const every = durationText.safeParse(values.every ?? "10s");
  if (!every.success) throw new UsageError("--every takes a time such as 500ms, 10s or 2m.");
  const timezone = await zoneOf(values.timezone, values.config, around);
  const everyMs = durationMs(every.data);
  const most = values.count === undefined ? Number.POSITIVE_INFINITY : Number(values.count);
  if (Number.isNaN(most)) throw new UsageError("--count takes a number.");

  const instrument = simulation.instrument(profile.options);
  let player: Player | undefined;
  const onSafe = (n: number): void => output.record({ safe: n }, `measurement ${n} is safe, the gateway says`);
  const onStream = (stream: Duplex): void => {
    if (player === undefined) player = play(instrument, stream, onSafe);
    else player.attach(stream);
  };
  let close: () => void;
  try {
    close = await line(values, onStream, (where, then = "") =>
      output.note(`${id} is played at ${where}${then}; its clock is that of ${timezone}; Ctrl-C ends it`),
    );
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (error instanceof FolderMissing) throw new UsageError(error.message);
    output.problem(lineProblem(error));
    return exit.failed;
  }
  try {
    for (let n = 1; n <= most; n++) {
      const sample = samples[(n - 1) % samples.length] ?? {};
      while (player === undefined) await sleep(50, undefined, { signal: around.stop });
      player.measure(sample, new Date().toLocaleString("sv-SE", { timeZone: timezone }).replace(" ", "T"));
      output.record({ measured: n, values: sample }, `measured ${n}: ${JSON.stringify(sample)}`);
      // The last one is given its time too: instruments send for a while, and wait for an answer.
      await sleep(everyMs, undefined, { signal: around.stop });
      await finished(player, lastsMs(simulation, profile.options, sample), around.stop);
    }
  } catch (error) {
    if (!around.stop.aborted) throw error;
  } finally {
    player?.stop();
    close();
  }
  return exit.ok;
}

function lineProblem(error: unknown): Problem {
  if (error instanceof SocatMissing) return { code: "LIBRARY_MISSING", detail: "apt-get install socat" };
  const detail = error instanceof Error ? error.message : String(error);
  return { code: error instanceof PathTaken ? "FILE_EXISTS" : "PORT_MISSING", detail };
}

/** Waits until a measurement is over, where it ends at all: the next one would cut it off. */
async function finished(player: Player, lasts: number | undefined, signal: AbortSignal): Promise<void> {
  if (lasts === undefined) return;
  const until = performance.now() + lasts + 1000;
  while (player.busy && performance.now() < until) await sleep(20, undefined, { signal });
}

function measuredOf({ set }: Values, simulation: Simulation, profile: Profile): Simulation["samples"] {
  if (set === undefined) return samplesOf(simulation, profile);
  const names = namesOf(simulation, profile);
  const pairs = set.map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1) throw new UsageError(`--set takes NAME=TEXT, not “${pair}”.`);
    const name = pair.slice(0, at);
    if (!names.has(name)) {
      const known = [...names].sort().join(", ");
      throw new UsageError(`${profile.id} measures no “${name}”. It knows ${known}.`);
    }
    const text = pair.slice(at + 1);
    refuseImpossible(name, text, profile);
    return [name, text] as const;
  });
  const given = Object.fromEntries(pairs);
  return [{ ...accompanied(Object.keys(given), samplesOf(simulation, profile), profile), ...given }];
}

/**
 * What is measured along with what is set: nothing, unless it only accompanies a measurement (a specimen, a unit, a height
 * beside the weight). Every sample then has something that these lack, and no instrument sends a result without it.
 */
function accompanied(names: readonly string[], samples: Simulation["samples"], { channels }: Profile): Sample {
  const [first = {}, ...others] = samples;
  const always = Object.keys(first).filter((name) => name in channels && others.every((sample) => name in sample));
  const results = always.length > 0 ? always : Object.keys(channels);
  return results.length === 0 || names.some((name) => results.includes(name)) ? {} : first;
}

/** A number that is outside of the channel's range in each of its units, or has other decimals, is none that it shows. */
function refuseImpossible(name: string, text: string, { id, channels }: Profile): void {
  const number = /^-?\d+(?:\.\d+)?(?= |$)/.exec(text.trim())?.[0];
  if (number === undefined) return;
  const ranges = Object.entries(channels[name]?.range ?? {});
  const within = ranges.some(([, [least, most]]) => Number(number) >= least && Number(number) <= most);
  if (ranges.length > 0 && !within) {
    const shown = ranges.map(([unit, [least, most]]) => `${least} to ${most} ${unit}`).join(", or ");
    throw new UsageError(`${id} shows no ${name} of ${text}; it shows ${shown}.`);
  }
  const decimals = new Set(Object.values(channels[name]?.decimals ?? {}).flat());
  if (decimals.size === 0 || decimals.has(number.split(".")[1]?.length ?? 0)) return;
  throw new UsageError(`${id} writes ${name} with ${[...decimals].join(" or ")} decimals, and not as ${text}.`);
}

/** Opens the line that was asked for; each stream that comes of it goes to `onStream`. Answers how to close it. */
async function line(
  values: Values,
  onStream: (stream: Duplex) => void,
  say: (where: string, then?: string) => void,
): Promise<() => void> {
  const given = [values.pty, values.listen, values.connect].filter((v) => v !== undefined);
  if (given.length !== 1) throw new UsageError("Say where: --pty PATH, --listen PORT or --connect HOST:PORT.");
  if (values.pty !== undefined) {
    // Who opens a port sets it up first, and may drop what came meanwhile.
    const close = await servePty(values.pty, (stream) => void setTimeout(() => onStream(stream), setUpMs));
    say(values.pty, " as soon as somebody opens it");
    return close;
  }
  if (values.listen !== undefined) {
    const server = createServer(onStream).listen(Number(values.listen), "127.0.0.1");
    await once(server, "listening");
    say(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    return () => void server.close();
  }
  const [host = "", port = ""] = (values.connect ?? "").split(/:(?=\d+$)/);
  if (port === "") throw new UsageError("--connect takes HOST:PORT.");
  let closed = false;
  let socket: Socket;
  const dial = (): void => {
    socket = createConnection(Number(port), host);
    socket.on("connect", () => onStream(socket));
    socket.on("error", () => {});
    socket.on("close", () => {
      if (!closed) setTimeout(dial, 1000);
    });
  };
  dial();
  say(`${host}:${port}`);
  return () => {
    closed = true;
    socket.destroy();
  };
}
