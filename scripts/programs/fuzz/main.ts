import { availableParallelism } from "node:os";
import process from "node:process";
import { onClosedPipe, parsed, usage } from "../command-line.ts";

const help = `Gives every driver, framer and parser mutated inputs, made from the captures of the drivers: bytes changed, lost and
doubled, numbers stretched, terminators moved, captures spliced, checksums made good again, other chunks. None may throw,
take more than 50 ms, or say a finding without its channel.

Usage: scripts/fuzz [--json] [--executions N] [--jobs N] [--only NAME] [--seed S]

  --json          one object a line: name, value, unit, target, floor, ok, seed
  --executions N  inputs for each driver, framer and parser (default 1,000,000)
  --jobs N        how many of them are tried at the same time (default: as many as there are cores)
  --only NAME     only those whose name holds NAME; may be given several times
  --seed S        seed of the first input, each further one has the next (default: drawn, and printed). A fault names
                  the seed of its input: --only NAME --seed S --executions 1 gives it again. Seeds of faults and of slow inputs
                  are kept in .cache/fuzz-seeds.json, and tried first by every later run.

Exit codes: 0 all is well, 1 a fault was found, 2 the command line was not understood.
`;

const values = parsed(
  {
    json: { type: "boolean" },
    executions: { type: "string" },
    jobs: { type: "string" },
    only: { type: "string", multiple: true },
    seed: { type: "string" },
    help: { type: "boolean" },
  },
  help,
);
onClosedPipe(() => process.exit(0));
const executions = Number(values.executions ?? 1_000_000);
const jobs = Number(values.jobs ?? availableParallelism());
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
if (values.help) process.stdout.write(help);
else if (!Number.isInteger(executions) || executions < 1) usage("--executions takes a whole number from 1", help);
else if (!Number.isInteger(jobs) || jobs < 1) usage("--jobs takes a whole number from 1", help);
else if (!Number.isInteger(seed) || seed < 0) usage("--seed takes a whole number from 0", help);
else {
  const [{ fuzz }, { allTargets }] = [await import("./fuzz.ts"), await import("./targets.ts")];
  const only = values.only ?? [];
  const names = (await allTargets()).map(({ name }) => name);
  const chosen = names.filter((name) => only.length === 0 || only.some((part) => name.includes(part)));
  if (chosen.length === 0) usage("--only names nothing that there is", help);
  else
    process.exitCode = await fuzz(chosen, {
      json: values.json === true,
      executions,
      seed,
      jobs,
      keptIn: ".cache/fuzz-seeds.json",
    });
}
