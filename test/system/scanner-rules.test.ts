import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

const linesOf = async (file: string) => (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");

test("the list of keyboard scanners is empty until a site fills it, and its examples name vendor and product", async () => {
  const lines = await linesOf("systemd/50-vitalwire-scanners.rules");
  expect(lines.filter((line) => !line.startsWith("#"))).toEqual([]);
  const examples = lines.filter((line) => line.startsWith("#SUBSYSTEM"));
  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples)
    expect(example).toMatch(
      /^#SUBSYSTEM=="input", KERNEL=="input\[0-9\]\*", ATTRS\{idVendor\}=="[0-9a-f]{4}", ATTRS\{idProduct\}=="[0-9a-f]{4}", ENV\{VITALWIRE_SCANNER\}="1"$/,
    );
});

test("only what that list names is kept from typing, before anything else can jump over it", async () => {
  const lines = (await linesOf("systemd/60-vitalwire.rules")).filter((line) => !line.startsWith("#"));
  const inhibiting = lines.filter((line) => line.includes("inhibited"));
  expect(inhibiting).toEqual([
    'SUBSYSTEM=="input", KERNEL=="input[0-9]*", ENV{VITALWIRE_SCANNER}=="1", ATTR{inhibited}="1"',
  ]);
  expect(lines.slice(0, lines.indexOf(inhibiting[0] ?? ""))).toEqual([
    'ACTION=="remove", GOTO="vitalwire_end"',
    'ENV{VITALWIRE_IGNORE}=="1", GOTO="vitalwire_end"',
  ]);
});
