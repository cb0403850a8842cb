import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { schemaFile } from "../../src/cli/commands/schema.ts";
import type { SchemaName } from "../../src/config/json-schema.ts";
import { jsonSchema } from "../../src/config/json-schema.ts";
import { runCli } from "../cli/run-cli.ts";

describe.each<SchemaName>(["site", "profile"])("the JSON Schema of a %s", (name) => {
  test("in config/schema is up to date (else: scripts/vitalwire schema --write config/schema)", async () => {
    expect(await readFile(`config/schema/${name}.schema.json`, "utf8")).toBe(schemaFile(name));
  });

  test("is what the command prints", async () => {
    expect((await runCli(["schema", name])).out).toBe(schemaFile(name));
  });

  test("knows only the keys that there are", () => {
    expect(jsonSchema(name)["additionalProperties"]).toBe(false);
  });
});

test("what has a default may be left out", () => {
  expect(jsonSchema("site")["required"]).toEqual(["site", "gateway", "timezone", "places"]);
});

test.each(["config/example.yaml", "config/starter.yaml"])("%s tells an editor where its schema is", async (file) => {
  expect((await readFile(file, "utf8")).split("\n")[0]).toBe(
    "# yaml-language-server: $schema=./schema/site.schema.json",
  );
});
