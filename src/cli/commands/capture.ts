import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hostClock } from "../../clock.ts";
import { durationMs } from "../../config/duration.ts";
import type { Configuration } from "../../config/load.ts";
import type { Device } from "../../config/site.ts";
import { LiveSession } from "../../devices/live-session.ts";
import { type OpenedOnce, openOnce } from "../../devices/open-once.ts";
import { hostTimers } from "../../devices/timers.ts";
import type { CaptureLine } from "../../driver-kit/capture.ts";
import { latin1 } from "../../driver-kit/text.ts";
import { type Problem, problems } from "../../model/problem.ts";
import type { Clock } from "../../model/times.ts";
import { type CaptureFile, captureFile } from "../capture/capture-file.ts";
import { hexDump } from "../capture/hex-dump.ts";
import { command, configOption, exit, jsonOption, UsageError } from "../command.ts";
import { siteConfiguration } from "../configuration.ts";
import { type Output, visible } from "../output.ts";

const lookAgainMs = 500;

export const capture = command({
  name: "capture",
  summary: "records a device's raw traffic to a file, and shows it",
  usage: "DEVICE",
  about:
    "Opens the device as the configuration describes it, until Ctrl-C or until the connection ends. The gateway must not\n" +
    "have it open (systemctl stop vitalwire). Nothing is stored as a reading and nothing is sent on. A port that is not\n" +
    "there yet, or that another program holds, is waited for: start it, then plug the cable in.\n\n" +
    "It only listens. With --talk the driver asks as it would in the gateway, for instruments that speak when spoken to;\n" +
    "an instrument is never told that its results are safe, so that it keeps them.\n\n" +
    "The file may hold patients' values and identifiers: it is readable by you alone.",
  options: {
    config: configOption,
    out: { type: "string", short: "o", value: "FILE", help: "the file to make (default: DEVICE-TIME.jsonl)" },
    for: { type: "string", value: "DURATION", help: "end after this long, waiting for the port included: 30s, 5m" },
    talk: { type: "boolean", help: "let the driver ask, for polled instruments" },
    json: { ...jsonOption, help: "show the capture's own lines instead of hex and text" },
  },
  words: [1, 1],
  examples: [
    ["vitalwire capture scale-1", "until Ctrl-C, into scale-1-20261123T140509Z.jsonl"],
    ["vitalwire capture monitor-1 --talk --for 2m -o monitor.jsonl", "a polled monitor, for two minutes"],
  ],
  exits: [exit.found, exit.failed],
  async run(call) {
    const { values, words, output, around } = call;
    const stop = new AbortController();
    around.stop.addEventListener("abort", () => stop.abort(), { once: true });
    const limit = values.for === undefined ? undefined : limitMs(values.for);
    const configuration = await siteConfiguration(call, values.config);
    if (typeof configuration === "number") return configuration;
    const { site } = configuration;
    const device = site.devices.find((d) => d.id === words[0]);
    if (device === undefined) {
      const known = site.devices.map((d) => d.id).join(", ");
      throw new UsageError(`There is no device “${words[0]}” in the configuration; there are ${known || "none"}.`);
    }
    const cancelLimit = limit === undefined ? () => {} : hostTimers.after(limit, () => stop.abort());
    output.note(`opening ${device.id} … (Ctrl-C ends it)`);
    const opened = await openWhenThere(device, configuration, output, stop.signal);
    if (!opened.ok) {
      cancelLimit();
      output.problem(opened.problem);
      return exit.failed;
    }
    const clock = hostClock();
    const now = clock.now();
    const path = resolve(around.cwd, values.out ?? `${device.id}-${now.wall.replace(/[-:]|\.\d+/g, "")}.jsonl`);
    const head = {
      capture: 1,
      profile: opened.profile.id,
      source: `recorded at ${device.id}`,
      evidence: "capture",
      device: device.id,
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
      output.note(`${file.bytes} bytes recorded in ${path}; see vitalwire replay ${path}`);
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

function fileProblem(error: unknown, path: string): Problem {
  if (error instanceof Error && "code" in error && error.code === "EEXIST")
    return { code: "FILE_EXISTS", detail: path };
  return { code: "FILE_FAILED", detail: error instanceof Error ? error.message : String(error) };
}

/**
 * Opens the device, and waits for a port that is missing or busy until `stop`: that it is opened as soon as it appears
 * is what those problems promise.
 */
async function openWhenThere(
  device: Device,
  { site, profiles }: Pick<Configuration, "site" | "profiles">,
  output: Output,
  stop: AbortSignal,
): ReturnType<typeof openOnce> {
  let told: string | undefined;
  for (;;) {
    const opened = await openOnce(device, site.devices, profiles, stop);
    if (opened.ok) return opened;
    const { code, detail = "" } = opened.problem;
    if (stop.aborted || (code !== "PORT_MISSING" && code !== "PORT_BUSY")) return opened;
    if (told !== code) output.note(`${code}  ${problems[code].what} ${visible(detail)}\nwaiting for it …`);
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
  { connection, reader }: OpenedOnce,
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
    if (!talk) {
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
