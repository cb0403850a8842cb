import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { outside as real } from "../../src/cli/configuration.ts";
import { checkSources } from "../../src/config/load.ts";
import { type Remark, remarkText } from "../../src/config/remark.ts";

/** One line for each thing, so that every mistake has a line of its own. */
const site = `site: clinic
gateway: box-1
timezone: Europe/Zurich
patients:
  authority: CLINIC
clock:
  note: 2m
  hold: 15m
journal:
  keepDelivered: 30d
places:
  - id: room-1
    kind: exam-room
    idleAfter: 5m
    unverified: allow
    barcodes:
      - means: patient
        prefix: P
        length: [4, 8]
      - means: staff
        prefix: S
        pattern: '\\d{6}'
  - id: room-2
    kind: exam-room
    longest: 1h
    unverified: allow
    barcodes:
      - means: patient
        prefix: P
devices:
  - id: scale-1
    place: room-1
    profile: our-scale
    allowUnproven: true
    timezone: Europe/Zurich
    link:
      serial:
        path: /dev/ttyUSB0
        parity: none
  - id: scale-2
    place: room-2
    profile: their-scale
    shared: false
    link:
      serial:
        path: /dev/ttyUSB1
        baudRate: 9600
  - id: scale-3
    place: room-2
    profile: our-scale
    link:
      tcp:
        host: scale-3.clinic
        port: 4001
sinks:
  - id: ehr
    kinds: [patient]
    hl7:
      host: ehr.clinic
      port: 2575
      insecure: true
      version: 2.5.1
  - id: bus
    mqtt:
      url: mqtts://bus.clinic
      username: box
      window: 100
  - id: log
    file:
      path: readings.jsonl
`;

const ours = `id: our-scale
version: 1
driver: line
evidence: manual
maker: Ours
model: Scale
kind: scale
serial:
  baudRate: 9600
options:
  terminator: CRLF
  readings: ["{W:number(9)} {unit:word}"]
  silenceMs: 3000
  poll: { command: W, everyMs: 1000 }
  units: ["kg"]
channels:
  W:
    loinc: 29463-7
    units:
      kg: kg
    range:
      kg: [2, 300]
    decimals:
      kg: [1]
`;

const theirs = `like: our-scale
id: their-scale
version: 1
model: Their scale
channels:
  H:
    loinc: 8302-2
    units:
      cm: cm
`;

type File = "site.yaml" | "ours.yaml" | "theirs.yaml";
const texts: Readonly<Record<File, string>> = { "site.yaml": site, "ours.yaml": ours, "theirs.yaml": theirs };

/** A line of a file, what is written there in its place, and the path that is told. */
interface Slip {
  readonly file: File;
  readonly line: number;
  readonly wrong: string;
  readonly path: string;
}

/** `nth` of the lines that read so. */
function slip(file: File, right: string, wrong: string, path: string, nth = 1): Slip {
  const at = texts[file].split("\n").flatMap((text, i) => (text.trim() === right ? [i + 1] : []))[nth - 1];
  if (at === undefined) throw new Error(`no line ${right} in ${file}`);
  return { file, line: at, wrong, path };
}

const inSite = (right: string, wrong: string, path: string, nth?: number) => slip("site.yaml", right, wrong, path, nth);
const inOurs = (right: string, wrong: string, path: string, nth?: number) => slip("ours.yaml", right, wrong, path, nth);
const inTheirs = (right: string, wrong: string, path: string) => slip("theirs.yaml", right, wrong, path);

const ofForm: readonly Slip[] = [
  inSite("gateway: box-1", "gateway: Box 1", "gateway"),
  inSite("keepDelivered: 30d", "keepDelivered: 30 days", "journal.keepDelivered"),
  inSite("authority: CLINIC", "authorty: CLINIC", "patients.authorty"),
  inSite("- id: room-1", "- id: Room-1", "places[0].id"),
  inSite("kind: exam-room", "kind: exam room", "places[0].kind"),
  inSite("idleAfter: 5m", "idleAfter: 5 min", "places[0].idleAfter"),
  inSite("longest: 1h", "longst: 1h", "places[1].longst"),
  inSite("kind: exam-room", "kind: 7", "places[1].kind", 2),
  inSite("prefix: P", "prefix: 9", "places[1].barcodes[0].prefix", 2),
  inSite("prefix: S", "prefx: S", "places[0].barcodes[1].prefx"),
  inSite("allowUnproven: true", "allowUnprovn: true", "devices[0].allowUnprovn"),
  inSite("parity: none", "parity: no", "devices[0].link.serial.parity"),
  inSite("shared: false", "colour: red", "devices[1].colour"),
  inSite("baudRate: 9600", 'baudRate: "9600"', "devices[1].link.serial.baudRate"),
  inSite("port: 4001", "port: 70000", "devices[2].link.tcp.port"),
  inSite("kinds: [patient]", "kinds: patient", "sinks[0].kinds"),
  inSite("port: 2575", "prot: 2575", "sinks[0].hl7.prot"),
  inSite("insecure: true", 'insecure: "yes"', "sinks[0].hl7.insecure"),
  inSite("window: 100", "window: 0", "sinks[1].mqtt.window"),
  inSite("path: readings.jsonl", "path: 5", "sinks[2].file.path"),
  inOurs("evidence: manual", "evidence: manul", "evidence"),
  inOurs("maker: Ours", "makr: Ours", "makr"),
  inOurs("terminator: CRLF", "terminator: CRLFF", "options.terminator"),
  inOurs("silenceMs: 3000", "silenceMs: 3s", "options.silenceMs"),
  inOurs("kg: [1]", "kg: 1", "channels.W.decimals.kg"),
  inTheirs("model: Their scale", "model: 5", "model"),
];

const ofMeaning: readonly Slip[] = [
  inSite("timezone: Europe/Zurich", "timezone: Europe/Zurch", "timezone"),
  inSite("timezone: Europe/Zurich", "timezone: Europe/Bern", "devices[0].timezone", 2),
  inSite("note: 2m", "note: 20m", "clock.note"),
  inSite("length: [4, 8]", "length: [8, 4]", "places[0].barcodes[0].length"),
  inSite("pattern: '\\d{6}'", "pattern: '(\\d{6}'", "places[0].barcodes[1].pattern"),
  inSite("place: room-1", "place: room-7", "devices[0].place"),
  inSite("profile: our-scale", "profile: out-scale", "devices[0].profile"),
  inSite("path: /dev/ttyUSB0", "path: ttyUSB0", "devices[0].link.serial.path"),
  inSite("place: room-2", "place: ward-9", "devices[1].place"),
  inSite("profile: their-scale", "profile: the-scale", "devices[1].profile"),
  inSite("- id: scale-2", "- id: scale-1", "devices[1].id"),
  inSite("username: box", "passwordFile: secret", "sinks[1].mqtt.passwordFile"),
  inSite("- id: bus", "- id: ehr", "sinks[1].id"),
  inOurs("silenceMs: 3000", "silenceMs: 500", "options.silenceMs"),
  inOurs('readings: ["{W:number(9)} {unit:word}"]', 'readings: ["{W:number(9"]', "options.readings[0]"),
  inOurs("loinc: 29463-7", "loinc: 29463-8", "channels.W.loinc"),
  inOurs("kg: kg", "kg: kgg", "channels.W.units.kg"),
  inOurs("kg: [2, 300]", "kg: [300, 2]", "channels.W.range.kg"),
  inTheirs("loinc: 8302-2", "loinc: 8302-3", "channels.H.loinc"),
  inTheirs("cm: cm", "cm: cmm", "channels.H.units.cm"),
];

/** One of several wrong things that may stand in the same line. */
const slips = fc.shuffledSubarray([...ofForm, ...ofMeaning], { minLength: 1 }).map((all) => {
  const taken = new Set<string>();
  return all.filter(({ file, line }) => {
    const fresh = !taken.has(`${file}:${line}`);
    taken.add(`${file}:${line}`);
    return fresh;
  });
});

function planted(all: readonly Slip[], file: File): string {
  const lines = texts[file].split("\n");
  for (const { line, wrong } of all.filter((one) => one.file === file))
    lines[line - 1] = lines[line - 1]?.replace(/\S.*/, wrong) ?? "";
  return lines.join("\n");
}

/** Every mistake that is told. */
async function told(all: readonly Slip[]): Promise<readonly Remark[]> {
  const own = (["ours.yaml", "theirs.yaml"] as const).map((file) => ({ file, text: planted(all, file) }));
  const loaded = await checkSources(
    { site: { file: "site.yaml", text: planted(all, "site.yaml") }, profiles: own },
    real,
  );
  return loaded.ok ? [] : loaded.remarks.filter(({ severity }) => severity === "mistake");
}

async function expectEach(all: readonly Slip[]): Promise<void> {
  const said = await told(all);
  const where = (one: Slip | Remark): string => `${one.file}:${one.line} ${one.path}`;
  expect(said.map(where).toSorted(), said.map(remarkText).join("\n")).toEqual(all.map(where).toSorted());
}

describe("of mistakes in a site and its profiles", () => {
  test("there are none to begin with", async () => {
    expect(await told([])).toEqual([]);
  });

  test.each([
    ["form", ofForm],
    ["meaning", ofMeaning],
  ])("each of %s is told, however many there are", async (_, all) => {
    await expectEach(all);
  });

  test("all are told at once, of form and of meaning, each once and at its line, and nothing else", async () => {
    await fc.assert(fc.asyncProperty(slips, expectEach), { numRuns: 10 });
  }, 120_000);

  test("none is told of what stands in for a value, whatever that is replaced by", async () => {
    const junk = fc.constantFrom("5", "-1", "'x y'", "[]", "[5]", "{}", "{ a: 1 }", "~", "true", "Unknown-1");
    const ruin = fc.record({
      file: fc.constantFrom<File>("site.yaml", "ours.yaml", "theirs.yaml"),
      at: fc.nat(200),
      junk,
    });
    const ruins = fc.array(ruin, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(ruins, async (all) => {
        const slips = all.map(({ file, at, junk: value }) => {
          const lines = texts[file].split("\n");
          const values = lines.flatMap((text, i) => (/: \S/.test(text) ? [i] : []));
          const line = values[at % values.length] ?? 0;
          return { file, line: line + 1, wrong: lines[line]?.trim().replace(/: .*/, `: ${value}`) ?? "", path: "" };
        });
        expect((await told(slips)).filter((one) => remarkText(one).includes("unread-"))).toEqual([]);
      }),
      { numRuns: 10 },
    );
  }, 120_000);
});
