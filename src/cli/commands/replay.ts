import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import type { Profile } from "../../config/profile.ts";
import { loadDriver } from "../../devices/drivers.ts";
import type { WireValue } from "../../driver-kit/contract.ts";
import { command, type Exit, exit, jsonOption, type Surroundings, UsageError } from "../command.ts";
import { outside } from "../configuration.ts";
import { discardMeaning } from "../discard-words.ts";
import { type KnownProfiles, knownProfiles, profilesOption } from "../known-profiles.ts";
import type { Output } from "../output.ts";
import { visible } from "../output.ts";
import { type Decoded, decode } from "../replay/decode.ts";
import { type Read, readCapture } from "../replay/read-capture.ts";
import { valueWords } from "../words.ts";
import { isZone } from "../zone.ts";

/** Reasons for which bytes that were understood are left out; all others say that something is wrong. */
const harmless: ReadonlySet<string> = new Set(["duplicate", "unsolicited", "not-a-reading"]);

export const replay = command({
  name: "replay",
  summary: "decodes a capture and prints findings and observations",
  usage: "--profile ID FILE…",
  about:
    "FILE is a recorder's or a capture's (.jsonl), or the instrument's raw bytes; - is standard input. A capture names its\n" +
    "profile itself, so that --profile may be left out. No gateway is needed, nothing is stored and nothing is sent.\n\n" +
    "What was understood and is no reading (a repetition, a greeting, a weight that moves) is shown and is no fault. Held\n" +
    "readings were read: they are shown with the reason.",
  options: {
    profile: { type: "string", short: "p", value: "ID", help: "profile that reads it" },
    config: profilesOption,
    timezone: { type: "string", value: "ZONE", help: "zone of the instrument's clock (default: this machine's)" },
    "allow-unproven": { type: "boolean", help: "do not hold readings for resting on a manual alone" },
    json: jsonOption,
  },
  words: [1, 1000],
  examples: [
    ["vitalwire replay visit.jsonl", "a recording, read with the profile that it names"],
    ["vitalwire replay --profile health-o-meter-esc bytes.bin", "raw bytes"],
    [
      "cat /dev/ttyUSB0 | vitalwire replay -p generic-serial-scanner - --json",
      "raw bytes of a port, to a script, once it ends",
    ],
  ],
  exits: [exit.found, exit.failed],
  exitsHere: {
    [exit.ok]: "each file holds a reading or a scan, and everything in it was read",
    [exit.found]: "in some file nothing was read, or bytes were left over that were not understood",
    [exit.failed]: "some file is not there, or is a damaged capture; the others were read",
  },
  async run({ values, words, output, around }) {
    const profiles = await knownProfiles({ output, around }, values.config);
    if (typeof profiles === "number") return profiles;
    const timezone = values.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!isZone(timezone)) throw new UsageError(`There is no time zone “${timezone}”.`);
    const settings = { profiles, timezone, allowUnproven: values["allow-unproven"] ?? false };

    let worst: Exit = exit.ok;
    for (const file of words) {
      const read = await bytesOf(file, around);
      if (!read.ok) {
        output.problem({ code: "CAPTURE_INVALID", detail: `${file}: ${read.why}` });
        worst = exit.failed;
        continue;
      }
      const code = await replayOne(file, read, values.profile, settings, output);
      if (code > worst) worst = code;
    }
    return worst;
  },
});

interface Settings {
  readonly profiles: KnownProfiles;
  readonly timezone: string;
  readonly allowUnproven: boolean;
}

async function bytesOf(file: string, around: Surroundings): Promise<Read> {
  try {
    return readCapture(file === "-" ? await buffer(around.in) : await readFile(resolve(around.cwd, file)));
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}

async function replayOne(
  file: string,
  { head, lines }: Extract<Read, { ok: true }>,
  asked: string | undefined,
  { profiles, timezone, allowUnproven }: Settings,
  output: Output,
): Promise<Exit> {
  const id = asked ?? head?.profile;
  if (id === undefined) throw new UsageError(`${file} does not name its profile; give --profile.`);
  const profile = await profiles.find(id);
  if (typeof profile === "number") return profile;
  const driver = await loadDriver(profile.driver);
  if (driver === undefined) throw new UsageError(`There is no driver “${profile.driver}”.`);
  if (head === undefined && driver.input === "reports")
    throw new UsageError(`${file}: raw bytes do not tell HID reports apart; give a capture (.jsonl).`);
  const opened = head?.opened === undefined ? Date.now() : Date.parse(head.opened);
  const decoded = decode(lines, { driver, profile, timezone, allowUnproven, opened });
  if (output.json) for (const each of decoded) output.record(jsonRow(file, each), "");
  else show(file, profile, decoded, output);
  const wrong = decoded.some((d) => d.type === "discard" && !harmless.has(d.reason));
  const read = decoded.some((d) => d.type === "reading" || d.type === "scan");
  return wrong || !read ? exit.found : exit.ok;
}

function jsonRow(file: string, decoded: Decoded): object {
  if (decoded.type !== "discard") return { file, ...decoded };
  return { file, ...decoded, bytes: Buffer.from(decoded.bytes).toString("latin1") };
}

function show(file: string, profile: Profile, decoded: readonly Decoded[], output: Output): void {
  output.say(
    output.paint(
      "bold",
      `${visible(file)}, read as ${profile.id}@${profile.version} (${profile.maker} ${profile.model})`,
    ),
  );
  const of = <T extends Decoded["type"]>(type: T) =>
    decoded.filter((d): d is Extract<Decoded, { type: T }> => d.type === type);
  const readings = of("reading");
  if (readings.length > 0)
    output.list(
      [
        { head: "ms", cell: (r) => r.ms, align: "right" },
        { head: "channel", cell: (r) => r.finding.channel },
        { head: "on the wire", cell: wireWords },
        { head: "code", cell: (r) => r.observation?.code.loinc },
        { head: "meaning", cell: (r) => r.observation?.code.display ?? "(ignored by the profile)" },
        { head: "value", cell: (r) => r.observation && valueWords(r.observation.value) },
        {
          head: "measured",
          cell: (r) => r.observation && `${r.observation.times.measured} (${r.observation.times.source})`,
        },
        {
          head: "standing",
          cell: (r) => standing(r),
          tone: (r) => (r.observation?.standing.state === "held" ? "warn" : "plain"),
        },
      ],
      readings,
    );
  for (const { ms, scan } of of("scan"))
    output.say(`scan at ${ms} ms: ${visible(scan.text)}${scan.symbology === undefined ? "" : ` (${scan.symbology})`}`);
  for (const { identity } of of("identity"))
    output.say(`the instrument says of itself: ${visible(JSON.stringify(identity))}`);
  for (const d of of("discard")) {
    const detail = d.detail === undefined ? "" : `, ${visible(d.detail)}`;
    const text = `not read: ${counted(d.span.to - d.span.from, "byte")} at ${d.span.from} (${d.reason}${detail}): ${excerpt(d.bytes)}`;
    output.say(output.paint(harmless.has(d.reason) ? "dim" : "warn", text));
  }
  const total = [counted(readings.length, "reading"), counted(of("scan").length, "scan")];
  output.say(`${total.join(", ")}, ${counted(of("discard").length, "piece")} not read`);
  for (const reason of new Set(of("discard").map((d) => d.reason))) output.say(`${reason}: ${discardMeaning[reason]}`);
}

function standing({ observation }: Extract<Decoded, { type: "reading" }>): string {
  if (observation === undefined) return "";
  return observation.standing.state === "held" ? `held: ${observation.standing.reasons.join(", ")}` : "ready";
}

/** What was sent, in the unit that it stands for: some instruments write one that reads as another (`m`, metric). */
function wireWords({ finding, observation }: Extract<Decoded, { type: "reading" }>): string {
  const text = wireText(finding.value);
  const { unit } = finding;
  if (unit === undefined) return text;
  const meant = observation?.value.kind === "quantity" ? observation.value.unit : "";
  if (meant === "" || meant === unit || outside.codes.units.get(meant) === unit) return `${text} ${unit}`;
  return `${text} ${meant}, written “${unit}”`;
}

function wireText(value: WireValue): string {
  return value.kind === "number"
    ? `${value.bound ?? ""}${value.text}`
    : value.kind === "text"
      ? value.text
      : `(${value.reason})${value.text ?? ""}`;
}

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

/** The first bytes: as text, or as hex digits where some are no ASCII, as in a binary protocol. */
function excerpt(bytes: Uint8Array): string {
  const first = Buffer.from(bytes.subarray(0, 40));
  const binary = first.some((byte) => byte === 0 || byte > 0x7f);
  const text = binary
    ? (first.toString("hex").toUpperCase().match(/../g) ?? []).join(" ")
    : visible(first.toString("latin1"));
  return bytes.length > 40 ? `${text}…` : text;
}
