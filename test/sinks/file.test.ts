import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileSinkSchema } from "../../src/config/site.ts";
import { fileSink } from "../../src/sinks/file/file.ts";
import { sampleContent, sampleObservation } from "../kit/sample.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vw-file-"));
  path = join(folder, "readings.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

const make = (at = path) => fileSink(fileSinkSchema.parse({ id: "log", file: { path: at } }));
const lines = () => readFileSync(path, "utf8").split("\n").slice(0, -1);

describe("The file sink", () => {
  it("writes one JSON line per observation, in the order given", async () => {
    const sink = make();
    await sink.connect();
    const contents = Array.from({ length: 50 }, () => sampleContent([sampleObservation(), sampleObservation()]));
    const messages = contents.map((c) => ({ controlId: c.controlId, bytes: sink.encode(c), mayBeDuplicate: false }));
    const results = await Promise.all(messages.map((m) => sink.send(m)));
    expect(results.every((r) => r.ok)).toBe(true);
    const ids = lines().map((line) => JSON.parse(line).id);
    expect(ids).toEqual(contents.flatMap((c) => c.observations.map((o) => o.id)));
    await sink.close();
  });

  it("does not write a line again that was there before the crash, and ends a line that was cut", async () => {
    const first = make();
    const content = sampleContent([sampleObservation(), sampleObservation()]);
    const bytes = first.encode(content);
    const [line] = new TextDecoder().decode(bytes).split("\n");
    writeFileSync(path, `${line}\n`);
    appendFileSync(path, '{"cut":');
    const sink = make();
    await sink.connect();
    expect(await sink.send({ controlId: content.controlId, bytes, mayBeDuplicate: true })).toEqual({ ok: true });
    const whole = lines().filter((l) => l !== '{"cut":');
    expect(whole.map((l) => JSON.parse(l).id)).toEqual(content.observations.map((o) => o.id));
    await sink.close();
  });

  it("says that it cannot write, and why, instead of losing the line", async () => {
    const sink = make(join(folder, "absent", "readings.jsonl"));
    expect(await sink.connect()).toEqual({ ok: false, code: "FILE_FAILED", answer: "ENOENT" });
    const content = sampleContent([sampleObservation()]);
    const sent = await sink.send({ controlId: content.controlId, bytes: sink.encode(content), mayBeDuplicate: false });
    expect(sent).toMatchObject({ ok: false, code: "FILE_FAILED" });
  });

  it("opens a new file when the old one was taken away, and tells nobody that a line arrived which no name leads to", async () => {
    const sink = make();
    await sink.connect();
    const content = sampleContent([sampleObservation()]);
    const message = { controlId: content.controlId, bytes: sink.encode(content), mayBeDuplicate: false };
    rmSync(path);
    expect(await sink.send(message)).toMatchObject({ ok: false, code: "FILE_FAILED" });
    await sink.connect();
    expect(await sink.send(message)).toEqual({ ok: true });
    expect(lines()).toHaveLength(1);
    await sink.close();
  });

  it("finds each of very many lines that were there before a crash", async () => {
    const first = make();
    await first.connect();
    const contents = Array.from({ length: 2000 }, () => sampleContent([sampleObservation()]));
    const messages = contents.map((c) => ({ controlId: c.controlId, bytes: first.encode(c), mayBeDuplicate: false }));
    await Promise.all(messages.map((m) => first.send(m)));
    await first.close();
    const sink = make();
    await sink.connect();
    const again = await Promise.all(messages.map((m) => sink.send({ ...m, mayBeDuplicate: true })));
    expect(again.every((r) => r.ok)).toBe(true);
    expect(lines()).toHaveLength(2000);
    await sink.close();
  });
});
