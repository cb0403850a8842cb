import process from "node:process";
import { parseArgs } from "node:util";

const help = `Gives every driver, framer and parser mutated inputs, made from the captures of the drivers: bytes changed, lost and
doubled, numbers stretched, terminators moved, captures spliced, checksums made good again, other chunks. None may throw,
take more than 50 ms, or say a finding without its channel.

Usage: scripts/fuzz [--json] [--executions N] [--only NAME] [--seed S]

  --json          one object a line: name, value, unit, target, floor, ok, seed
  --executions N  inputs for each driver, framer and parser (default 1,000,000)
  --only NAME     only those whose name holds NAME; may be given several times
  --seed S        seed of the first input, each further one has the next (default: drawn, and printed). A fault names
                  the seed of its input: --only NAME --seed S --executions 1 gives it again.

Exit codes: 0 all is well, 1 a fault was found, 2 the command line was not understood.
`;

const { values } = parse();
const executions = Number(values.executions ?? 1_000_000);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
if (values.help) process.stdout.write(help);
else if (!Number.isInteger(executions) || executions < 1) usage("--executions takes a whole number from 1");
else if (!Number.isInteger(seed) || seed < 0) usage("--seed takes a whole number from 0");
else {
  const [{ fuzz }, { allTargets }] = [await import("./fuzz.ts"), await import("./targets.ts")];
  const only = values.only ?? [];
  const targets = (await allTargets()).filter(({ name }) => only.length === 0 || only.some((o) => name.includes(o)));
  if (targets.length === 0) usage("--only names nothing that there is");
  else process.exitCode = fuzz(targets, { json: values.json === true, executions, seed });
}

function parse() {
  const options = {
    json: { type: "boolean" },
    executions: { type: "string" },
    only: { type: "string", multiple: true },
    seed: { type: "string" },
    help: { type: "boolean" },
  } as const;
  try {
    return parseArgs({ options });
  } catch (error) {
    usage(error instanceof Error ? error.message : String(error));
    process.exit();
  }
}

function usage(problem: string): void {
  process.stderr.write(`${problem}\n\n${help}`);
  process.exitCode = 2;
}
