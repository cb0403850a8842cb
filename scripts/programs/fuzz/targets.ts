import { isDeepStrictEqual } from "node:util";
import { outside } from "../../../src/cli/configuration.ts";
import type { Profile } from "../../../src/config/profile.ts";
import { resolveProfiles, shippedProfileSources } from "../../../src/config/profiles.ts";
import type { BarcodeRule } from "../../../src/config/site.ts";
import { driverIds, loadDriver, loadSimulation } from "../../../src/devices/drivers.ts";
import { labelled } from "../../../src/driver-kit/aim.ts";
import { type Capture, parseCapture } from "../../../src/driver-kit/capture.ts";
import type { Driver, Session } from "../../../src/driver-kit/contract.ts";
import { envelope } from "../../../src/driver-kit/framers/envelope.ts";
import { gap } from "../../../src/driver-kit/framers/gap.ts";
import { lengthPrefixed } from "../../../src/driver-kit/framers/length-prefixed.ts";
import { lines } from "../../../src/driver-kit/framers/lines.ts";
import type { Framer } from "../../../src/driver-kit/framers/piece.ts";
import { reports } from "../../../src/driver-kit/framers/reports.ts";
import { replay } from "../../../src/driver-kit/replay.ts";
import { bytesOf, latin1 } from "../../../src/driver-kit/text.ts";
import { readAck } from "../../../src/hl7/ack.ts";
import { build, segment } from "../../../src/hl7/build.ts";
import { decodeText } from "../../../src/hl7/charset.ts";
import { parse } from "../../../src/hl7/message.ts";
import { MllpFramer } from "../../../src/hl7/mllp.ts";
import { barcodeReader } from "../../../src/patient/barcode.ts";
import { parseGs1 } from "../../../src/patient/gs1.ts";
import { captureFiles, captures, corpusOf, inputs, mutatedLines, shortened } from "./corpus.ts";
import type { Draws } from "./draws.ts";
import { mutated } from "./mutate.ts";

/** Something that takes any input there is. */
export interface Target {
  readonly name: string;
  /** Makes one input of these draws; calling the answer gives it to the target and says what was wrong, if anything. */
  input(draw: Draws): () => string | undefined;
}

/** Every driver, every framer, and every parser of what comes from outside. */
export async function allTargets(): Promise<readonly Target[]> {
  const { profiles } = await resolveProfiles(await shippedProfileSources(), [], outside.driverOptions);
  const ids = await driverIds();
  const corpus = new Map(await Promise.all(ids.map(async (id) => [id, await captures(id)] as const)));
  const drivers = await Promise.all(
    ids.map(async (id): Promise<readonly Target[]> => {
      const driver = await loadDriver(id);
      const own = [...profiles.values()].map(({ profile }) => profile).filter((profile) => profile.driver === id);
      return driver === undefined || own.length === 0
        ? []
        : [sessions(id, driver.input, modesOf(driver, await asSitesSetThem(own, id), corpus.get(id) ?? []))];
    }),
  );
  const files = (await Promise.all(ids.map(captureFiles))).flat().map((text) => new TextEncoder().encode(text));
  const wire = [...corpus.values()].flat().flatMap(inputs);
  return [
    ...drivers.flat(),
    ...framers([...corpus.values()].flat()),
    hl7([...(corpus.get("hl7-analyzer") ?? []), ...(corpus.get("philips-efficia") ?? [])].flatMap(inputs)),
    mllp(wire),
    barcodes(),
    whole("capture parser", files, (bytes) => {
      parseCapture(new TextDecoder().decode(bytes));
      return undefined;
    }),
  ];
}

/** Profiles as they are shipped and, where each site has to say more of its instrument, as one that has said it. */
async function asSitesSetThem(profiles: readonly Profile[], driver: string): Promise<readonly Profile[]> {
  const { settings } = (await loadSimulation(driver)) ?? {};
  if (settings === undefined) return profiles;
  return profiles.flatMap((profile) => [profile, { ...profile, options: { ...profile.options, ...settings } }]);
}

/** A driver as one or several profiles set it. */
export interface Mode {
  /** The first of these profiles. */
  readonly profile: string;
  readonly captures: readonly Capture[];
  session(): Session;
}

/** One for each set of options: profiles that differ in what channels mean alone share the code that reads the wire. */
export function modesOf(driver: Driver, profiles: readonly Profile[], all: readonly Capture[]): readonly Mode[] {
  const modes: { readonly options: unknown; readonly ids: string[] }[] = [];
  for (const { id, options: given } of [...profiles].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const options = driver.options.parse(given);
    const same = modes.find((mode) => isDeepStrictEqual(mode.options, options));
    if (same === undefined) modes.push({ options, ids: [id] });
    else same.ids.push(id);
  }
  return modes.map(({ options, ids }) => ({
    profile: ids[0] ?? driver.id,
    captures: all.filter(({ head }) => ids.includes(head.profile ?? "")),
    session: () => driver.session(options),
  }));
}

/** Sessions of a driver, each in a mode that is drawn, whose reports are stored at once. */
export function sessions(name: string, input: "stream" | "reports", modes: readonly Mode[]): Target {
  const every = corpusOf(modes.flatMap(({ captures: own }) => own));
  const drawn = modes.map((mode) => ({ ...mode, corpus: corpusOf(mode.captures) }));
  return {
    name,
    input(draw) {
      const { profile, corpus, session } = draw.of(drawn);
      // Now and then what another model sends, set to something else.
      const mutant = mutatedLines(corpus.sent.length === 0 || draw.chance(0.1) ? every : corpus, input, draw);
      return () => {
        const { findings } = replay(session(), mutant);
        if (findings.every(({ channel }) => channel !== "")) return undefined;
        return `said a finding without its channel, as ${profile}`;
      };
    },
  };
}

function framers(own: readonly Capture[]): readonly Target[] {
  const corpus = corpusOf(own);
  const made: Readonly<Record<string, () => Framer>> = {
    lines: () => lines({ ends: ["\r\n", "\r"], bound: 200 }),
    envelope: () =>
      envelope({
        starts: ["\x02", "\x1bR"],
        ends: ["\x03", "\x17", "\x1bE"],
        trailing: 4,
        bound: 64_000,
        alone: "\r",
        breaks: "\x04\x05",
        check: (frame) => (frame.length % 3 === 0 ? "ok" : "checksum"),
      }),
    "length-prefixed": () =>
      lengthPrefixed({
        starts: ["\x02", "Q"],
        header: 3,
        total: (header) => ((header[1] ?? 0) << 8) + (header[2] ?? 0),
        check: (frame) => (frame.at(-1) === 3 ? "ok" : "checksum"),
        bound: 64_000,
      }),
    gap: () => gap({ bound: 4096 }),
    reports: () => reports({ lengths: [8, 64] }),
  };
  return Object.entries(made).map(([name, make]) => ({
    name: `framer ${name}`,
    input(draw) {
      const mutant = mutatedLines(corpus, "stream", draw).flatMap((line) => ("in" in line ? [line.in] : []));
      return () => framed(make(), mutant);
    },
  }));
}

/** Every byte is in one piece, in order, and no more is held than the framer's limit. */
function framed(framer: Framer, chunks: readonly Uint8Array[]): string | undefined {
  let [given, at] = [0, 0];
  for (const chunk of [...chunks, undefined]) {
    given += chunk?.length ?? 0;
    for (const { span } of chunk === undefined ? framer.flush("close") : framer.push(chunk)) {
      if (span.from !== at || span.to < at) return `a piece from ${span.from} follows one to ${at}`;
      at = span.to;
    }
    if (framer.pending > framer.limit) return `holds ${framer.pending} bytes, its limit is ${framer.limit}`;
    if (at + framer.pending !== given) return `${given} bytes came, ${at} are in pieces and ${framer.pending} pending`;
  }
  return framer.pending === 0 ? undefined : "holds bytes after its end";
}

/** Read wholly, written again, and taken for an acknowledgement. */
function hl7(known: readonly Uint8Array[]): Target {
  // Without the frame that a header hides behind.
  const messages = known.map((bytes) => bytes.subarray(Math.max(0, latin1(bytes).indexOf("MSH"))));
  return whole("HL7 codec", messages, (bytes) => {
    const { text } = decodeText(bytes);
    readAck(text);
    const parsed = parse(text);
    if (!parsed.ok) return undefined;
    build([
      segment("MSH", {}),
      ...parsed.message.segments
        .filter(({ id }) => /^[A-Z][A-Z0-9]{2}$/.test(id) && id !== "MSH")
        .map((one) =>
          segment(
            one.id,
            Object.fromEntries(Array.from({ length: one.length }, (_, i) => [i + 1, { repetitions: one.tree(i + 1) }])),
          ),
        ),
    ]);
    return undefined;
  });
}

function mllp(wire: readonly Uint8Array[]): Target {
  const marked = wire.map((bytes) => Uint8Array.of(0x0b, ...bytes, 0x1c, 0x0d));
  return whole("MLLP framer", marked, (bytes) => {
    const framer = new MllpFramer(longestBlock);
    let at = 0;
    for (const chunk of [bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)])
      for (const { from, to } of framer.push(chunk)) {
        if (from < at || to < from) return `a piece from ${from} follows one to ${at}`;
        at = to;
      }
    return framer.pending > longestBlock ? `holds ${framer.pending} bytes` : undefined;
  });
}

const longestBlock = 10_000;

const rules: readonly BarcodeRule[] = [
  { means: "staff", prefix: "S", pattern: "[0-9]{6}", symbologies: ["]C0"] },
  { means: "done", prefix: "VISIT-DONE" },
  { means: "patient", gs1: "8018", check: "mod10-3-1", symbologies: ["]d2", "]C1"] },
  { means: "patient", prefix: "P", length: [7, 9], check: "luhn" },
  { means: "specimen", pattern: "([A-Z]+[0-9]*)*X?" },
  { means: "visit", pattern: "(V|VV)+" },
];

const codes = [
  "]C1801892012345678901234",
  "]d20109506000134352172611231012AB\u001d8018920123456789012346",
  "]C0S123456",
  "]C0P79927398713",
  "]A0AB12345678",
  "VISIT-DONE",
  "VVVVVVVVVVVVVVVVVVVVVVVVW",
  "8018".repeat(30),
];

function barcodes(): Target {
  const reader = barcodeReader(rules, { authority: "CLINIC", type: "MR" });
  return whole("barcode reader", codes.map(bytesOf), (bytes) => {
    const text = latin1(bytes);
    const code = labelled(text);
    reader.scan(code.is === "no-barcode" ? { text } : code);
    reader.reported(text, "patient");
    parseGs1(text);
    return undefined;
  });
}

/** A parser of one whole text. */
function whole(name: string, known: readonly Uint8Array[], work: (bytes: Uint8Array) => string | undefined): Target {
  return {
    name,
    input(draw) {
      const one = draw.of(known);
      const bytes = mutated(draw.chance(1 / 16) ? one : shortened(one, draw), draw, known);
      return () => work(bytes);
    },
  };
}
