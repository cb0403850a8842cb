import { z } from "zod";
import type { Path } from "./remark.ts";

/** A schema as JSON Schema: plain data that can be walked along a path, to say which keys are known there. */
export interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape | boolean;
  readonly anyOf?: readonly Shape[];
  readonly required?: readonly string[];
  readonly description?: string;
}

export function shapeOf(schema: z.ZodType): Shape {
  // What the walk needs of a JSON Schema is a part of what zod promises to write.
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as unknown as Shape;
}

/** The alternatives that a schema allows at a path; more than one where it is a union, none where it is no block. */
export function branchesAt(shape: Shape, path: Path): readonly Shape[] {
  let now = flatten(shape);
  for (const step of path)
    now = now.flatMap((s) => {
      const next = typeof step === "number" ? s.items : (s.properties?.[step] ?? s.additionalProperties);
      return typeof next === "object" ? flatten(next) : [];
    });
  return now;
}

export const keysOf = (shape: Shape): readonly string[] => Object.keys(shape.properties ?? {});

const flatten = (shape: Shape): readonly Shape[] => shape.anyOf?.flatMap(flatten) ?? [shape];
