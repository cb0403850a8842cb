import type { Locate, Path, Remark } from "./remark.ts";
import { deviceSchema, placeSchema, type Site, sinkSchema, siteSchema } from "./site.ts";

/** What of a site's text has the right form, and the way back to where its parts stand in the text. */
export interface SoundParts {
  readonly site: Site;
  /** Leads to the text's own lines. */
  readonly locate: (locate: Locate) => Locate;
  /** Gives a remark about these parts the path that it has in the text. */
  readonly asWritten: (remark: Remark) => Remark;
}

const lists = { places: placeSchema, devices: deviceSchema, sinks: sinkSchema } as const;
type List = keyof typeof lists;

/** Stands in for what cannot be read, and is itself no mistake. */
const standIns = { site: "site", gateway: "gateway", timezone: "UTC" };

/**
 * The parts of a site's text whose form is right, so that what they mean can be checked although others are wrong: an
 * operator is told of all mistakes at once. Nothing where too little is left.
 */
export function soundParts(value: unknown): SoundParts | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const written: Readonly<Record<string, unknown>> = { ...value };
  const built: Record<string, unknown> = {};
  const places: Record<List, number[]> = { places: [], devices: [], sinks: [] };
  for (const [key, schema] of Object.entries(siteSchema.shape)) {
    if (isList(key)) {
      const kept = items(key, written[key]);
      places[key] = kept.map(({ at }) => at);
      built[key] = kept.map(({ item }) => item);
    } else if (schema.safeParse(written[key]).success) built[key] = written[key];
    else if (key in standIns) built[key] = standIns[key as keyof typeof standIns];
  }
  const parsed = siteSchema.safeParse(built);
  if (!parsed.success) return undefined;
  const at = (list: string, index: number): number => (isList(list) ? (places[list][index] ?? index) : index);
  return {
    site: parsed.data,
    locate: (locate) => (path) => locate(originalPath(path, at)),
    asWritten: (remark) => ({
      ...remark,
      path: remark.path.replace(/^(\w+)\[(\d+)\]/, (_, list: string, i: string) => `${list}[${at(list, Number(i))}]`),
    }),
  };
}

function items(key: List, value: unknown): readonly { readonly at: number; readonly item: unknown }[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown, at) => {
    if (lists[key].safeParse(item).success) return [{ at, item }];
    // A place is spoken of by others: by its name it is there, whatever else is wrong with it.
    const named = key === "places" && typeof item === "object" && item !== null && "id" in item;
    const bare = named ? { id: item.id, kind: "exam-room" } : undefined;
    return placeSchema.safeParse(bare).success ? [{ at, item: bare }] : [];
  });
}

function originalPath(path: Path, at: (list: string, index: number) => number): Path {
  const [list, index, ...rest] = path;
  return typeof list === "string" && typeof index === "number" ? [list, at(list, index), ...rest] : path;
}

function isList(key: string): key is List {
  return Object.hasOwn(lists, key);
}
