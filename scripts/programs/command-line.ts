import process from "node:process";
import { type ParseArgsConfig, parseArgs } from "node:util";

/** The options that a command line gives; one that is not understood ends the program with what is wrong, and 2. */
export function parsed<const T extends NonNullable<ParseArgsConfig["options"]>>(options: T, help: string) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    usage(error instanceof Error ? error.message : String(error), help);
    process.exit();
  }
}

/** Ends the program by `end` once nobody reads its output any more (`| head`): that is no fault. */
export function onClosedPipe(end: () => void): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      end();
    });
}

/** Says what is wrong with the command line, and how it is used. */
export function usage(problem: string, help: string): void {
  process.stderr.write(`${problem}\n\n${help}`);
  process.exitCode = 2;
}
