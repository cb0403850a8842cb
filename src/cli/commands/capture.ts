import { basename, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hostClock } from "../../clock.ts";
import { durationMs } from "../../config/duration.ts";
import { type SerialSettings, serialSettings } from "../../config/profile.ts";
import { LiveSession } from "../../devices/live-session.ts";
import { type OpenedOnce, openOnce, openPort } from "../../devices/open-once.ts";
import { hostTimers } from "../../devices/timers.ts";
import type { CaptureLine } from "../../driver-kit/capture.ts";
import { latin1 } from "../../driver-kit/text.ts";
import { type Problem, problems } from "../../model/problem.ts";
import type { Clock } from "../../model/times.ts";
import { type CaptureFile, captureFile } from "../capture/capture-file.ts";
import { hexDump } from "../capture/hex-dump.ts";
import { type Call, command, configOption, type Exit, exit, jsonOption, UsageError } from "../command.ts";
import { siteConfiguration } from "../configuration.ts";
import { type Output, visible } from "../output.ts";

const lookAgainMs = 500;

const options = {
  config: configOption,
  serial: { type: "string", value: "PATH", help: "record this port, which needs no profile and no configuration" },
  baud: { type: "string", value: "N", help: "its line speed (default: 9600)" },
  frame: { type: "string", value: "8N1", help: "its data bits, parity (N, E, O, M, S) and stop bits (default: 8N1)" },
  out: { type: "string", short: "o", value: "FILE", help: "the file to make (default: DEVICE-TIME.jsonl)" },
  for: { type: "string", value: "DURATION", help: "end after this long, waiting for the port included: 30s, 5m" },
  talk: { type: "boolean", help: "let the driver ask, for polled instruments" },
  json: { ...jsonOption, help: "show the capture's own lines instead of hex and text" },
} as const;

type Captured = Call<typeof options>;

export const capture = command({
  name: "capture",
  summary: "records a device's raw traffic to a file, and shows it",
  usage: "(DEVICE | --serial PATH)",
  about:
    "Opens the device as the configuration describes it, until Ctrl-C or until the connection ends. The gateway must not\n" +
    "have it open (systemctl stop vitalwire). Nothing is stored as a reading and nothing is sent on. A port that is not\n" +
    "there yet, or that another program holds, is waited for: start it, then plug the cable in.\n\n" +
    "It only listens. With --talk the driver asks as it would in the gateway, for instruments that speak when spoken to;\n" +
    "an instrument is never told that its results are safe, so that it keeps them.\n\n" +
    "With --serial it records an instrument that no profile knows yet, and only listens; --baud and --frame are what the\n" +
    "instrument's menu or manual says. The recording names no profile: vitalwire replay --profile ID FILE reads it.\n\n" +
    "The file may hold patients' values and identifiers: it is readable by you alone.",
  options,
  words: [0, 1],
  examples: [
    ["vitalwire capture scale-1", "until Ctrl-C, into scale-1-20261123T140509Z.jsonl"],
    ["vitalwire capture monitor-1 --talk --for 2m -o monitor.jsonl", "a polled monitor, for two minutes"],
    [
      "vitalwire capture --serial /dev/serial/by-id/usb-FTDI_A1-if00-port0 --baud 2400 --frame 7E1 -o new.jsonl",
      "an instrument without a profile",
    ],
  ],
  exits: [exit.found, exit.failed],
  async run(call) {
    const { values, output, around } = call;
    const stop = new AbortController();
    around.stop.addEventListener("abort", () => stop.abort(), { once: true });
    const limit = values.for === undefined ? undefined : limitMs(values.for);
    const source = await sourceOf(call);
    if (typeof source === "number") return source;
    const cancelLimit = limit === undefined ? () => {} : hostTimers.after(limit, () => stop.abort());
    output.note(`opening ${source.name} … (Ctrl-C ends it)`);
    const opened = await openWhenThere(source, output, stop.signal);
    if (!opened.ok) {
      cancelLimit();
      output.problem(opened.problem);
      return exit.failed;
    }
    const clock = hostClock();
    const now = clock.now();
    const path = resolve(around.cwd, values.out ?? `${source.stem}-${now.wall.replace(/[-:]|\.\d+/g, "")}.jsonl`);
    const head = {
      capture: 1,
      ...(opened.profile !== undefined && { profile: opened.profile.id }),
      source: `recorded at ${source.name}`,
      evidence: "capture",
      ...(source.device !== undefined && { device: source.device }),
      opened: now.wall,
    } as const;
    try {
      let failure: unknown;
      const file = captureFile(path, head, {
        seen: (line) => showLine(output, line),
        failed(error) {
          failure = error;
          stop.abort();
        },
      });
      output.note(`${opened.connection.name} is open; recording to ${path}`);
      await record(opened, file, clock, values.talk ?? false, stop.signal);
      if (failure !== undefined) throw failure;
      const reads = opened.profile === undefined ? "--profile ID " : "";
      output.note(`${file.bytes} bytes recorded in ${path}; see vitalwire replay ${reads}${path}`);
      return file.bytes > 0 ? exit.ok : exit.found;
    } catch (error) {
      output.problem(fileProblem(error, path));
      return exit.failed;
    } finally {
      cancelLimit();
      await opened.connection.close();
      opened.dispose();
    }
  },
});

/** What is open for a recording. Nothing reads a port that is recorded without a profile. */
type OpenForCapture = Pick<OpenedOnce, "ok" | "connection" | "dispose"> & Partial<OpenedOnce>;
type OpenedForCapture = OpenForCapture | { readonly ok: false; readonly problem: Problem };

/** What is recorded: a device of the site, or a bare port. `stem` begins the file's name. */
interface Source {
  readonly name: string;
  readonly stem: string;
  readonly device?: string;
  open(signal: AbortSignal): Promise<OpenedForCapture>;
}

async function sourceOf(call: Captured): Promise<Source | Exit> {
  const { values, words } = call;
  const [id] = words;
  if ((id === undefined) === (values.serial === undefined))
    throw new UsageError("Say what to record: a DEVICE of the configuration, or --serial PATH.");
  if (values.serial !== undefined) return barePort(values.serial, call);
  if (values.baud !== undefined || values.frame !== undefined)
    throw new UsageError("--baud and --frame go with --serial; a device has its line settings from the configuration.");
  const configuration = await siteConfiguration(call, values.config);
  if (typeof configuration === "number") return configuration;
  const { site, profiles } = configuration;
  const device = site.devices.find((d) => d.id === id);
  if (device === undefined) {
    const known = site.devices.map((d) => d.id).join(", ");
    throw new UsageError(`There is no device “${id}” in the configuration; there are ${known || "none"}.`);
  }
  if (device.profile === undefined && "serial" in device.link)
    call.output.note(
      `${device.id} names no profile. What no profile knows is recorded with vitalwire capture --serial ${device.link.serial.path}`,
    );
  return {
    name: device.id,
    stem: device.id,
    device: device.id,
    open: (signal) => openOnce(device, site.devices, profiles, signal),
  };
}

function barePort(path: string, { values, around }: Captured): Source {
  if (values.talk === true) throw new UsageError("--talk needs a driver: describe the device in the configuration.");
  const settings = bareSettings(values.baud ?? "9600", values.frame ?? "8N1");
  return {
    name: path,
    stem: basename(path),
    open: (signal) => openPort(resolve(around.cwd, path), settings, signal),
  };
}

const parities = { N: "none", E: "even", O: "odd", M: "mark", S: "space" } as const;

function bareSettings(baud: string, frame: string): SerialSettings {
  const [, dataBits, parity, stopBits] = /^([5-8])([NEOMS])(1|1\.5|2)$/.exec(frame.toUpperCase()) ?? [];
  if (dataBits === undefined) throw new UsageError(`“${frame}” is no frame; write 8N1, 7E1 or the like.`);
  const settings = serialSettings.safeParse({
    baudRate: Number(baud),
    dataBits: Number(dataBits),
    parity: parities[parity as keyof typeof parities],
    stopBits: Number(stopBits),
  });
  if (!settings.success) throw new UsageError(`“${baud}” is no line speed; write 9600 or the like.`);
  return settings.data;
}

function fileProblem(error: unknown, path: string): Problem {
  if (error instanceof Error && "code" in error && error.code === "EEXIST")
    return { code: "FILE_EXISTS", detail: path };
  return { code: "FILE_FAILED", detail: error instanceof Error ? error.message : String(error) };
}

/**
 * Opens what is recorded, and waits for a port that is missing or busy until `stop`: that it is opened as soon as it appears
 * is what those problems promise.
 */
async function openWhenThere(source: Source, output: Output, stop: AbortSignal): Promise<OpenedForCapture> {
  let told: string | undefined;
  for (;;) {
    const opened = await source.open(stop);
    if (opened.ok) return opened;
    const { code, detail = "" } = opened.problem;
    if (stop.aborted || (code !== "PORT_MISSING" && code !== "PORT_BUSY")) return opened;
    if (told !== code) {
      output.note(`${code}  ${problems[code].what} ${visible(detail)}\n  What to do:    ${problems[code].todo}`);
      output.note("waiting for it …");
    }
    told = code;
    try {
      await sleep(lookAgainMs, undefined, { signal: stop });
    } catch {
      return opened;
    }
  }
}

/** Until the connection ends or `stop`. Reports are refused, so that no instrument lets go of a result. */
async function record(
  { connection, reader }: OpenForCapture,
  file: CaptureFile,
  clock: Clock,
  talk: boolean,
  stop: AbortSignal,
): Promise<void> {
  const openedMs = clock.now().monotonicMs;
  const elapsed = (): number => clock.now().monotonicMs - openedMs;
  let close = async (): Promise<void> => {};
  await new Promise<void>((resolve) => {
    if (stop.aborted) return resolve();
    stop.addEventListener("abort", () => resolve(), { once: true });
    if (!talk || reader === undefined) {
      connection.start({ data: (bytes) => file.in(elapsed(), bytes), closed: () => resolve() });
      return;
    }
    const ignore = (): void => {};
    const live = new LiveSession({
      session: reader.session(),
      connection,
      recording: file,
      timers: hostTimers,
      clock,
      openedMs,
      carried: false,
      events: {
        report: async () => "refused",
        scan: ignore,
        discarded: ignore,
        identify: ignore,
        instrument: () => ({ device: { device: "", place: "", profile: reader.profile, driver: reader.version } }),
        heard: ignore,
        fault: ignore,
        over: () => resolve(),
      },
    });
    close = () => live.close();
    live.start();
  });
  await close();
  file.end(elapsed());
}

function showLine(output: Output, line: CaptureLine): void {
  if ("event" in line) return;
  const [direction, bytes] = "in" in line ? (["<", line.in] as const) : ([">", line.out] as const);
  const row = { ms: line.ms, ["in" in line ? "in" : "out"]: latin1(bytes) };
  output.record(row, hexDump(line.ms, direction, bytes).join("\n"));
}

function limitMs(text: string): number {
  try {
    return durationMs(text);
  } catch {
    throw new UsageError(`“${text}” is no duration; write 30s, 5m or 1h.`);
  }
}
