import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { closingWithTest } from "../kit/closing.ts";
import { removeSite, siteFolder, spawnGateway, startGateway, vitalwire, writeSite } from "../kit/gateway.ts";
import { roomSite } from "../kit/room.ts";
import { until } from "../kit/until.ts";

const mistakes: readonly (readonly [kind: string, put: readonly (readonly [RegExp, string])[]])[] = [
  [
    "of form",
    [
      [/kind: exam-room/, "knid: exam-room"],
      [/ballastMegabytes: 1/, "ballastMegabytes: 0"],
      [/unverified: allow/, "unverified: perhaps"],
    ],
  ],
  [
    "of meaning",
    [
      [/Europe\/Zurich/, "Europe/Zuric"],
      [/profile: health-o-meter-esc/, "profile: health-o-meter-ecs"],
      [/place: room-4/, "place: room-5"],
    ],
  ],
];

/** Puts mistakes into a site's file; answers their lines. */
function spoil(path: string, put: readonly (readonly [RegExp, string])[]): readonly number[] {
  const lines = readFileSync(path, "utf8").split("\n");
  const wrong = put.map(([find, replace]) => {
    const at = lines.findIndex((line) => find.test(line));
    lines[at] = (lines[at] ?? "").replace(find, replace);
    return at + 1;
  });
  writeFileSync(path, lines.join("\n"));
  return wrong;
}

test.each(mistakes)(
  "a configuration with several mistakes %s has all of them named with their lines, and starts nothing",
  async (_, put) => {
    const closing = closingWithTest();
    const folder = siteFolder();
    closing(() => removeSite(folder));
    writeSite(folder, roomSite(folder));
    const path = join(folder, "site.yaml");
    const lines = spoil(path, put);

    const checked = await vitalwire("check", path);
    expect(checked.code).toBe(1);
    for (const line of lines) expect(checked.out + checked.err).toContain(`site.yaml:${line}:`);

    const gateway = spawnGateway(folder);
    closing(() => gateway.stop());
    await until(() => gateway.ended() !== undefined);
    expect(gateway.ended()).toBe(1);
    for (const line of lines) expect(gateway.err()).toContain(`site.yaml:${line}:`);
    expect(gateway.err()).toContain("CONFIG_INVALID");
    expect(gateway.log).toEqual([]);
  },
);

test("a service whose configuration was broken meanwhile starts with the last good one, and says so", async () => {
  const closing = closingWithTest();
  const folder = siteFolder();
  closing(() => removeSite(folder));
  writeSite(folder, roomSite(folder));
  const first = await startGateway(folder);
  await first.stop();
  const path = join(folder, "site.yaml");
  const lines = spoil(path, mistakes[0]?.[1] ?? []);
  const broken = readFileSync(path, "utf8");

  const second = await startGateway(folder);
  closing(() => second.stop());
  for (const line of lines) expect(second.err()).toContain(`site.yaml:${line}:`);
  expect(second.err()).toContain("Going on with the last good configuration.");
  expect((await second.status()).devices.map(({ device }) => device).toSorted()).toEqual(["scale-4", "scanner-4"]);
  expect(await second.status()).toMatchObject({ lastGood: true });
  expect(readFileSync(path, "utf8")).toBe(broken);
  expect(await second.stop()).toBe(0);

  writeFileSync(path, "site: [ this is no YAML\nstate: ./state # where it was\n");
  const third = await startGateway(folder);
  closing(() => third.stop());
  expect(third.err()).toContain("Going on with the last good configuration.");
});
