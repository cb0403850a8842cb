import { execFile } from "node:child_process";

/**
 * Line settings that serialport does not know, set through coreutils' `stty` on a port that is already open.
 *
 * serialport sets IGNPAR, with which the kernel silently drops a byte that arrived with a framing or parity error: one
 * digit of a number would be missing and nobody would know. With IGNPAR off and INPCK on such a byte arrives as NUL
 * (termios(3)), which no driver takes for a digit, and so it becomes a discard that people can see.
 */
export const showBrokenBytes = ["-ignpar", "inpck", "-parmrk", "-istrip"] as const;

/** Mark and space parity: Linux's CMSPAR, where the driver of the adapter has it. */
export const stickParity = {
  mark: ["parenb", "parodd", "cmspar"],
  space: ["parenb", "-parodd", "cmspar"],
} as const;

/** Sets the flags, and answers with what went wrong, if anything did. */
export function stty(path: string, flags: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile("stty", ["-F", path, ...flags], { timeout: 5000 }, (error, _stdout, stderr) => {
      resolve(error === null ? undefined : (stderr.trim() || error.message).split("\n")[0]);
    });
  });
}
