import type { Readable } from "node:stream";
import { parseArgs } from "node:util";
import { createOutput, type Output, type Streams } from "./output.ts";

/** What a command ends with. Documented here, and shown by every `--help`. */
export const exit = {
  /** It did what was asked, and all was well. */
  ok: 0,
  /** It did what was asked, and found problems. */
  found: 1,
  /** It was not understood; nothing was done. */
  usage: 2,
  /** It needs a running gateway, and none answers. */
  absent: 3,
  /** The machine kept it from doing what was asked: a file, a port, a disk, a network. */
  failed: 4,
  /** A fault of Vitalwire itself. */
  fault: 70,
} as const;

export type Exit = (typeof exit)[keyof typeof exit];

export const exitMeaning: Readonly<Record<Exit, string>> = {
  0: "done, and all is well",
  1: "done, and problems were found",
  2: "the command line was not understood; nothing was done",
  3: "no running gateway answers",
  4: "a file, port, disk or network kept it from being done",
  70: "a fault of Vitalwire itself; please report it",
};

/** One option of a command. `value` names what a text option takes, as help shows it. */
type OptionSpec =
  | { readonly type: "boolean"; readonly short?: string; readonly help: string }
  | {
      readonly type: "string";
      readonly short?: string;
      readonly value: string;
      readonly help: string;
      readonly multiple?: boolean;
    };

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** What was given for each option; absent where it was not. */
export type OptionValues<O extends OptionSpecs> = {
  readonly [K in keyof O]?: O[K] extends { type: "boolean" }
    ? boolean
    : O[K] extends { multiple: true }
      ? readonly string[]
      : string;
};

/** The world around a command. `stop` aborts on Ctrl-C or SIGTERM; long work ends then by itself, in order. */
export interface Surroundings extends Streams {
  readonly in: Readable;
  readonly cwd: string;
  readonly stop: AbortSignal;
}

/** One call of a command, its words parsed. */
export interface Call<O extends OptionSpecs> {
  readonly values: OptionValues<O>;
  readonly words: readonly string[];
  readonly output: Output;
  readonly around: Surroundings;
}

export interface CommandSpec<O extends OptionSpecs> {
  readonly name: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** What follows the name: `[FILE]`, `DEVICE`. */
  readonly usage: string;
  /** Paragraphs for help, where the summary is not enough. */
  readonly about?: string;
  readonly options: O;
  /** Least and most words besides options. */
  readonly words: readonly [number, number];
  readonly examples: readonly (readonly [line: string, does: string])[];
  /** The exits that this command uses, besides 0 and 2. */
  readonly exits: readonly Exit[];
  /** What exits mean here, where more can be said than of all commands. */
  readonly exitsHere?: Readonly<Partial<Record<Exit, string>>>;
  run(call: Call<O>): Promise<Exit>;
}

/** A command of `vitalwire`, ready to be called with the words after its name. Its help is made from its spec. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  help(): string;
  run(args: readonly string[], around: Surroundings): Promise<Exit>;
}

/** A command line that was not understood; the message says what, in words. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The option of every listing. A command that declares it gets its output switched. */
export const jsonOption = { type: "boolean", help: "one JSON object a line" } as const;
/** The site's configuration file. */
export const configOption = {
  type: "string",
  short: "c",
  value: "FILE",
  help: "the site's configuration (default: $VITALWIRE_CONFIG, or /etc/vitalwire/site.yaml)",
} as const;
/** The running gateway's control socket. */
export const socketOption = {
  type: "string",
  value: "PATH",
  help: "control socket of the running gateway (default: $VITALWIRE_SOCKET, or /run/vitalwire/control.sock)",
} as const;

/** Makes a command of its spec: parses, answers `--help`, and says what was not understood. */
export function command<const O extends OptionSpecs>(spec: CommandSpec<O>): Command {
  const help = (): string => helpText(spec);
  return {
    name: spec.name,
    summary: spec.summary,
    help,
    async run(args, around) {
      const asked = args.includes("--help") || args.includes("-h");
      if (asked) {
        around.out.write(help());
        return exit.ok;
      }
      const json = "json" in spec.options && args.includes("--json");
      const output = createOutput(around, json);
      try {
        const { values, words } = parse(spec, args);
        return await spec.run({ values, words, output, around });
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        output.problem({ code: "USAGE", detail: `${error.message}\nUsage: vitalwire ${spec.name} ${spec.usage}` });
        return exit.usage;
      }
    },
  };
}

function parse<O extends OptionSpecs>(
  spec: CommandSpec<O>,
  args: readonly string[],
): { values: OptionValues<O>; words: readonly string[] } {
  const options = Object.fromEntries(
    Object.entries<OptionSpec>(spec.options).map(([name, o]) => [
      name,
      {
        type: o.type,
        multiple: o.type === "string" && o.multiple === true,
        ...(o.short !== undefined && { short: o.short }),
      },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    const [least, most] = spec.words;
    if (positionals.length < least)
      throw new UsageError(`${spec.name} needs ${named(spec.usage, positionals.length)}.`);
    if (positionals.length > most) throw new UsageError(`“${positionals[most]}” is one word too many.`);
    // parseArgs has checked the values against these very options; its type cannot say so for a generic O
    return { values: values as OptionValues<O>, words: positionals };
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message.split(". ")[0], { cause: error });
    throw error;
  }
}

/** The word that stands at this place of a usage line, besides options and what they take. */
function named(usage: string, place: number): string {
  const words = usage.replace(/--[\w-]+ [A-Z]\S*/g, "").match(/[^\s()[\]]+/g);
  return words?.[place] ?? usage;
}

function helpText(spec: CommandSpec<OptionSpecs>): string {
  const flags = [
    ...Object.entries(spec.options),
    ["help", { type: "boolean", short: "h", help: "this text" }] as const,
  ];
  const left = flags.map(([name, o]) => {
    const short = o.short === undefined ? "    " : `-${o.short}, `;
    return `  ${short}--${name}${o.type === "string" ? ` ${o.value}` : ""}`;
  });
  const width = Math.max(...left.map((l) => l.length)) + 2;
  const exits = [...new Set<Exit>([exit.ok, exit.usage, ...spec.exits])].sort((a, b) => a - b);
  const parts = [
    `vitalwire ${spec.name} – ${spec.summary}`,
    `Usage: vitalwire ${spec.name} ${`${spec.usage} [options]`.trimStart()}`,
    ...(spec.about === undefined ? [] : [spec.about]),
    ["Options:", ...flags.map(([, o], i) => `${(left[i] ?? "").padEnd(width)}${o.help}`)].join("\n"),
    ["Examples:", ...spec.examples.map(([line, does]) => `  ${line}\n      ${does}`)].join("\n"),
    [
      "Exit codes:",
      ...exits.map((code) => `  ${String(code).padStart(2)}  ${spec.exitsHere?.[code] ?? exitMeaning[code]}`),
    ].join("\n"),
  ];
  return `${parts.join("\n\n")}\n`;
}
