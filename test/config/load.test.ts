import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkSources, loadConfiguration } from "../../src/config/load.ts";
import { goodProfile, goodSite, outside, remarksOf } from "./site-text.ts";

/** The good site with one text replaced; the text must be there. */
function site(from: string, to: string): string {
  expect(goodSite).toContain(from);
  return goodSite.replace(from, to);
}

describe("a configuration without mistakes", () => {
  test("is silent", async () => {
    expect(await remarksOf(goodSite)).toEqual([]);
  });

  test("is read from its file, with the profiles beside it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "vw-config-"));
    await mkdir(join(folder, "profiles"));
    await writeFile(join(folder, "site.yaml"), goodSite);
    await writeFile(join(folder, "profiles", "scale.yaml"), goodProfile);
    await writeFile(join(folder, "profiles", ".scale.yaml.swp"), "an editor's");
    const loaded = await loadConfiguration(join(folder, "site.yaml"), outside);
    expect(loaded.ok && loaded.configuration.site.devices[0]?.id).toBe("scale-1");
    expect(loaded.ok && loaded.configuration.profiles.get("test-scale")?.serial?.baudRate).toBe(9600);
  });

  test("is read with the shipped profiles that it uses and no others, where that is asked for", async () => {
    const profiles = [{ file: "profiles/scale.yaml", text: goodProfile }];
    const sources = { site: { file: "site.yaml", text: goodSite }, profiles };
    const all = await checkSources(sources, outside);
    const used = await checkSources(sources, outside, "used");
    if (!all.ok || !used.ok) throw new Error("it has no mistakes");
    expect(used.configuration.site).toEqual(all.configuration.site);
    expect([...used.configuration.profiles.keys()]).toEqual(["test-scale"]);
    expect(used.configuration.profiles.get("test-scale")).toEqual(all.configuration.profiles.get("test-scale"));
  });

  test("and one with mistakes has the same said of it, however few of the profiles are asked for", async () => {
    const text = goodSite.replace("profile: test-scale", "profile: health-o-meter-exc");
    expect(text).not.toBe(goodSite);
    const sources = { site: { file: "site.yaml", text }, profiles: [{ file: "p.yaml", text: "id: and-standard\n" }] };
    expect(await checkSources(sources, outside, "used")).toEqual(await checkSources(sources, outside));
  });

  test("starts a service although a profile that no device uses has mistakes; check tells them", async () => {
    const idle = [
      {
        file: "profiles/other.yaml",
        text: goodProfile.replace("id: test-scale", "id: other-scale").replace("9600", "fast"),
      },
      { file: "profiles/torn.yaml", text: "id: [\n" },
    ];
    const sources = (text: string) => ({
      site: { file: "site.yaml", text: goodSite },
      profiles: [...idle, { file: "profiles/scale.yaml", text }],
    });
    expect(await checkSources(sources(goodProfile), outside, "used")).toMatchObject({ ok: true });
    const all = await checkSources(sources(goodProfile), outside);
    expect(all.ok || all.remarks.map(({ file }) => file)).toEqual(
      expect.arrayContaining(["profiles/other.yaml", "profiles/torn.yaml"]),
    );
    expect(await checkSources(sources(goodProfile.replace("9600", "fast")), outside, "used")).toMatchObject({
      ok: false,
    });
    const liked = goodProfile.replace("id: test-scale", "id: test-scale\nlike: other-scale");
    expect(await checkSources(sources(liked), outside, "used")).toMatchObject({ ok: false });
  });

  test("that is not there is said to be missing", async () => {
    const loaded = await loadConfiguration("/nowhere/site.yaml", outside);
    expect(!loaded.ok && loaded.problem.code).toBe("CONFIG_MISSING");
  });
});

describe("the text", () => {
  test("with a doubled key is still checked for everything else", async () => {
    const text = site("timezone: Europe/Zurich", "timezone: Europe/Zurich\ntimezone: Europe/Zürich");
    expect(await remarksOf(text)).toEqual([
      "site.yaml:18:1  timezone: There is no time zone “Europe/Zürich”. Did you mean “Europe/Zurich”?",
      "site.yaml:19:1  This key stands twice in the same block.",
    ]);
  });

  test("with a tab names the tab once", async () => {
    const remarks = await remarksOf(site("  - id: ehr\n    hl7", "  - id: ehr\n\thl7"));
    expect(remarks).toEqual([
      "site.yaml:17:1  A tab is used for indentation; YAML takes spaces alone. The rest of the file is looked at once it can be read.",
    ]);
  });

  test("that is no YAML names its line", async () => {
    const remarks = await remarksOf(site("site: clinic", "site: [clinic"));
    expect(remarks[0]).toMatch(/^site\.yaml:2:1 {2}\S/);
  });

  test("that is empty is said to be empty", async () => {
    expect(await remarksOf("")).toEqual(["site.yaml:1:1  The file is empty."]);
  });

  test("with an alias bomb is refused and not expanded", async () => {
    const bomb = [
      "a: &a [x,x,x,x,x,x,x,x,x]",
      ...[..."bcdefgh"].map((k, i) => `${k}: &${k} [${`*${"abcdefgh"[i]},`.repeat(9)}]`),
    ];
    expect((await remarksOf(bomb.join("\n")))[0]).toContain("This cannot be read");
  });
});

describe("mistakes", () => {
  test("are all named at once, each at its line", async () => {
    const text = goodSite
      .replace("timezone:", "timezon:")
      .replace("kind: exam-room", "kind: exam-rom")
      .replace("port: 2575", 'port: "2575"');
    expect(await remarksOf(text)).toEqual([
      "site.yaml:5:5  places[0].kind: “exam-rom” must be one of exam-room, lab-bench. Did you mean “exam-room”?",
      "site.yaml:17:30  sinks[0].hl7.port: “2575” must be a number; without quotes.",
      "site.yaml:18:1  timezon: “timezon” is not known here. Did you mean “timezone”?",
    ]);
  });

  test("in a link are told of the kind that was meant alone", async () => {
    expect(await remarksOf(site("path: /dev/ttyUSB0", "path: /dev/ttyUSB0, baudrate: 9600"))).toEqual([
      "site.yaml:14:43  devices[0].link.serial.baudrate: “baudrate” is not known here. Did you mean “baudRate”?",
    ]);
    expect(await remarksOf(site("host: ehr.clinic, ", ""))).toEqual([
      "site.yaml:17:5  sinks[0].hl7.host: “host” is missing.",
    ]);
    expect(await remarksOf(site("path: /dev/ttyUSB0", "path: /dev/ttyUSB0, dataBits: 9"))).toEqual([
      "site.yaml:14:43  devices[0].link.serial.dataBits: 9 must be one of 5, 6, 7, 8.",
    ]);
  });

  test("in the kind of a link name the kinds", async () => {
    expect(await remarksOf(site("{ serial:", "{ serail:"))).toEqual([
      "site.yaml:14:13  devices[0].link.serail: “serail” is not known here. Did you mean “serial”?",
    ]);
    expect(await remarksOf(site("{ serial: { path: /dev/ttyUSB0 } }", "/dev/ttyUSB0"))).toEqual([
      "site.yaml:14:5  devices[0].link: Here must stand a block with one of serial, usb, hid, bulk, tcp, listen, file.",
    ]);
    const both = site("{ serial: { path: /dev/ttyUSB0 } }", "{ serial: { path: /x }, tcp: { host: a, port: 1 } }");
    expect(await remarksOf(both)).toEqual([
      "site.yaml:14:35  devices[0].link.tcp: serial, tcp exclude each other: give one of serial, usb, hid, bulk, tcp, listen, file.",
    ]);
  });

  test("in a sink are told of the kind that was meant alone", async () => {
    expect(await remarksOf(site("port: 2575", "prot: 2575"))).toEqual([
      "site.yaml:17:30  sinks[0].hl7.prot: “prot” is not known here. Did you mean “port”?",
    ]);
    expect(
      await remarksOf(site("    hl7: { host: ehr.clinic, port: 2575, insecure: true }", "    kinds: [patient]")),
    ).toEqual(["site.yaml:16:5  sinks[0]: Here is missing one of hl7, mqtt, file."]);
  });

  test("of a USB id that YAML reads as a number show how to write it", async () => {
    expect(await remarksOf(site("{ serial: { path: /dev/ttyUSB0 } }", "{ usb: { vendor: 0403 } }"))).toEqual([
      'site.yaml:14:20  devices[0].link.usb.vendor: 403 must be text; write it in quotes: "0403".',
    ]);
  });
});

test("a key named like a part of every object is a misspelled key and nothing else", async () => {
  const remarks = await remarksOf(`${goodSite}__proto__: { polluted: true }\nconstructor: 1\n`);
  expect(remarks.join("\n")).toContain("“constructor” is not known here");
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

test("Paths to files count from the folder of the site's file, wherever the gateway was started", async () => {
  const text = `
site: a
gateway: b
timezone: UTC
places: [{ id: room, kind: exam-room }]
sinks:
  - { id: log, file: { path: out/readings.jsonl } }
  - { id: ehr, hl7: { host: h, port: 1, tls: { ca: ca.pem, cert: /etc/cert.pem, key: key.pem } } }
`;
  const loaded = await checkSources({ site: { file: "/clinic/site.yaml", text }, profiles: [] }, outside);
  expect(loaded.ok ? loaded.configuration.site.sinks : loaded.remarks).toMatchObject([
    { file: { path: "/clinic/out/readings.jsonl" } },
    { hl7: { tls: { ca: "/clinic/ca.pem", cert: "/etc/cert.pem" } } },
  ]);
});

test("Mistakes of form hide no mistakes of meaning, and each keeps its own line and path", async () => {
  const text = `site: a
gateway: b
timezone: Europe/Zurch
places:
  - { id: room, kind: exam-room, colour: red }
devices:
  - { id: scale-1, place: room, link: { serial: { speed: 1 } } }
  - { id: scale-2, place: nowhere, profile: test-scale, link: { serial: { path: /dev/ttyUSB0 } } }
sinks:
  - { id: ehr, hl7: { host: h, port: 70000, insecure: true } }
  - { id: bus, mqtt: { url: "mqtt://h" } }
`;
  const loaded = await checkSources({ site: { file: "/clinic/site.yaml", text }, profiles: [] }, outside);
  const told = loaded.ok ? [] : loaded.remarks.filter((r) => r.file === "/clinic/site.yaml");
  const where = told.filter((r) => r.severity === "mistake").map((r) => `${r.line} ${r.path}`);
  for (const one of [
    "3 timezone",
    "5 places[0].colour",
    "8 devices[1].place",
    "10 sinks[0].hl7.port",
    "11 sinks[1].mqtt",
  ])
    expect(where.some((at) => at.startsWith(one))).toBe(true);
  expect(where.some((at) => at.startsWith("7 devices[0].link"))).toBe(true);
  expect(where.filter((at) => at.includes("devices[0].place"))).toEqual([]);
});
