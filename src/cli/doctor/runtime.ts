import { execFile } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bad, type Diagnosis, ok, warn } from "./diagnosis.ts";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));

/** Packages with compiled parts, and what each needs of the system. node-hid and usb load theirs when they are first used. */
const native = [
  {
    name: "sqlite3",
    serves: "the journal",
    use: "",
    todo: "Install again on this machine (npm ci); it compiles where needed.",
  },
  { name: "serialport", serves: "serial ports", use: "", todo: "Install again on this machine (npm ci)." },
  { name: "node-hid", serves: "HID instruments", use: ".devices()", todo: "apt-get install libudev1 libusb-1.0-0" },
  {
    name: "usb",
    serves: "instruments read by USB bulk transfers",
    use: ".getDeviceList()",
    todo: "apt-get install libudev1",
  },
] as const;

/** Node's version, and whether the compiled packages load; each in a process of its own, for a bad one may crash. */
export async function diagnoseRuntime(): Promise<readonly Diagnosis[]> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const node =
    major > 20 || (major === 20 && minor >= 19)
      ? ok("node", process.version)
      : bad("node", process.version, "Install Node.js 20.19 or newer.");
  const loaded = native.map(async ({ name, serves, use, todo }) => {
    try {
      await run(process.execPath, ["-e", `require(${JSON.stringify(name)})${use}`], { cwd: here, timeout: 20_000 });
      return ok("library", `${name} loads (${serves})`);
    } catch (error) {
      const text = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
      const line = text.split("\n").find((l) => l.startsWith("Error:")) ?? "it does not load";
      // Without such instruments nobody misses them.
      const say = name === "node-hid" || name === "usb" ? warn : bad;
      return say("library", `${name} (${serves}): ${line.replace("Error: ", "")}`, todo);
    }
  });
  return [node, ...(await Promise.all(loaded))];
}
