import { z } from "zod";
import { isRequired, type StandIns, takes, unwrapped } from "./stand-ins.ts";

/**
 * The value with everything that is sound as it was written, a stand-in for each part whose form is wrong or that is
 * missing, and nothing that the schema does not know. As small a part as can be is replaced.
 */
export function mend(schema: z.core.$ZodType, value: unknown, standIns: StandIns): unknown {
  if (takes(schema, value)) return value;
  const inner = unwrapped(schema);
  if (inner !== undefined) return mend(inner, value, standIns);
  if (schema instanceof z.ZodUnion) return mend(meant(schema.options, value, standIns) ?? schema, value, standIns);
  if (schema instanceof z.ZodObject && isRecord(value)) return mendBlock(schema.shape, value, standIns);
  if (schema instanceof z.ZodRecord && isRecord(value)) {
    const { keyType, valueType } = schema;
    const kept = Object.entries(value).filter(([key]) => takes(keyType, key));
    return Object.fromEntries(kept.map(([key, of]) => [key, mend(valueType, of, standIns)]));
  }
  if (schema instanceof z.ZodArray && Array.isArray(value) && value.length > 0) {
    const { element } = schema;
    const items = value.map((item) => mend(element, item, standIns));
    const sound = items.filter((item) => takes(element, item));
    return takes(schema, sound) ? sound : items;
  }
  return standIns.give(schema, value);
}

function mendBlock(
  shape: Readonly<Record<string, z.core.$ZodType>>,
  value: Readonly<Record<string, unknown>>,
  standIns: StandIns,
): unknown {
  const given = Object.entries(shape).filter(([key, of]) => Object.hasOwn(value, key) || isRequired(of));
  return Object.fromEntries(given.map(([key, of]) => [key, mend(of, value[key], standIns)]));
}

/** Of alternatives told apart by their keys the one whose key is there, or either where that does not tell. */
function meant(
  alternatives: readonly z.core.$ZodType[],
  value: unknown,
  standIns: StandIns,
): z.core.$ZodType | undefined {
  const blocks = alternatives.filter((one) => one instanceof z.ZodObject);
  const own = (key: string) => blocks.some(({ shape }) => !Object.hasOwn(shape, key));
  const keys = isRecord(value) ? Object.keys(value).filter(own) : [];
  const fitting = blocks.filter(({ shape }) => keys.some((key) => Object.hasOwn(shape, key)));
  return standIns.choose(fitting.length === 0 ? alternatives : fitting);
}

const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === "object" && v !== null && !Array.isArray(v);
