import process from "node:process";
import { onClosedPipe, parsed, usage } from "../command-line.ts";

const help = `Measures what the gateway must reach: the shipped service in a process of its own, simulated instruments on real
ptys, a receiver in another process and a real broker, beside what this machine can do without the gateway.

Usage: scripts/bench [--json] [--runs N] [--only NAME]

  --json       one object a line: name, value, unit, target, floor, ok, seed
  --runs N     how often each figure is measured; the median counts (default 3)
  --only NAME  only figures whose name holds NAME; may be given several times. The machine's own figures are then shown
               only where they are named too

The service has read 5,000 readings before a burst is timed, or the processor time of 64 devices taken; all other figures
begin with its start.

Exit codes: 0 all targets are met, 1 one is not, 2 the command line was not understood.
`;

const values = parsed(
  {
    json: { type: "boolean" },
    runs: { type: "string" },
    only: { type: "string", multiple: true },
    help: { type: "boolean" },
    // The receiver that the bench starts as a process of its own.
    receive: { type: "boolean" },
  },
  help,
);
if (values.help) process.stdout.write(help);
else if (values.receive) await import("./receiver.ts");
else {
  const runs = Number(values.runs ?? 3);
  const only = values.only ?? [];
  const { bench, names, unknownNames } = await import("./bench.ts");
  const unknown = unknownNames(only);
  if (unknown.length > 0)
    usage(`no figure's name holds ${unknown.join(", ")}; there are:\n  ${names.join("\n  ")}`, help);
  else if (Number.isInteger(runs) && runs > 0) {
    let unread = false;
    onClosedPipe(() => {
      // As Ctrl-C does, so that all that was started is ended too.
      if (!unread) process.kill(process.pid, "SIGTERM");
      unread = true;
    });
    try {
      process.exitCode = await bench({ json: values.json === true, runs, only });
    } catch (error) {
      if (unread) process.exit(0);
      // Only Ctrl-C leads here; all is closed, but for timers of what was being measured.
      process.stderr.write(`\n${error instanceof Error ? error.name : error}\n`);
      process.exit(130);
    }
  } else usage("--runs takes a whole number from 1", help);
}
