import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { jsonSchema, type SchemaName, schemaComment, schemas } from "../../config/json-schema.ts";
import { makeFolder } from "../../make-folder.ts";
import { command, exit, UsageError } from "../command.ts";

export const schema = command({
  name: "schema",
  summary: "JSON Schema of the configuration and of profiles, for editors",
  usage: "site|profile",
  about: `An editor that knows YAML schemas completes and checks a file whose first line is\n  ${schemaComment("/etc/vitalwire/schema/site.schema.json")}`,
  options: {
    write: { type: "string", value: "FOLDER", help: "write both, as site.schema.json and profile.schema.json" },
  },
  words: [0, 1],
  examples: [
    ["vitalwire schema site", "prints the schema of the site's configuration"],
    ["vitalwire schema --write /etc/vitalwire/schema", "puts both schemas where the configuration is"],
  ],
  exits: [exit.failed],
  async run({ values, words: [name], output, around }) {
    const names = Object.keys(schemas) as SchemaName[];
    if (values.write === undefined) {
      const asked = names.find((n) => n === name);
      if (asked === undefined) throw new UsageError(`Name one of ${names.join(", ")}.`);
      around.out.write(schemaFile(asked));
      return exit.ok;
    }
    const folder = resolve(around.cwd, values.write);
    try {
      await makeFolder(folder);
      for (const each of names) await writeFile(join(folder, `${each}.schema.json`), schemaFile(each));
    } catch (error) {
      output.problem({ code: "FILE_FAILED", detail: error instanceof Error ? error.message : String(error) });
      return exit.failed;
    }
    return exit.ok;
  },
});

/** A schema as the text of its file. */
export function schemaFile(name: SchemaName): string {
  return `${JSON.stringify(jsonSchema(name), null, 2)}\n`;
}
