import { z } from "zod";
import { profileFileSchema } from "./profile.ts";
import { siteSchema } from "./site.ts";

/** The texts that have a JSON Schema, and what an editor shows as its title. */
export const schemas = {
  site: { schema: siteSchema, title: "Vitalwire: a site's configuration" },
  profile: { schema: profileFileSchema, title: "Vitalwire: a device profile" },
} as const;

export type SchemaName = keyof typeof schemas;

/** The JSON Schema (draft 7, which YAML editors know) of what an operator writes, with defaults and descriptions. */
export function jsonSchema(name: SchemaName): Record<string, unknown> {
  const { schema, title } = schemas[name];
  return { title, ...z.toJSONSchema(schema, { io: "input", target: "draft-7" }) };
}

/** The first line of a YAML file that tells an editor where its schema is. */
export const schemaComment = (url: string): string => `# yaml-language-server: $schema=${url}`;
