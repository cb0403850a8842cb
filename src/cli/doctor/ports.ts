import { existsSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { kernelNameOf } from "../../config/kernel-name.ts";
import type { Site } from "../../config/site.ts";
import { bad, type Diagnosis, isMissing, ok, reason, warn } from "./diagnosis.ts";

const rules = ["/etc/udev/rules.d", "/usr/lib/udev/rules.d", "/lib/udev/rules.d"].map((d) => `${d}/60-vitalwire.rules`);
const udevadm = ["/usr/bin/udevadm", "/bin/udevadm", "/usr/sbin/udevadm", "/sbin/udevadm"];

/** Whether stable port names are set up, and whether this user may open the ports that the configuration names. */
export async function diagnosePorts(site: Site | undefined): Promise<readonly Diagnosis[]> {
  const found = rules.find((file) => existsSync(file));
  const lines: Diagnosis[] = [
    found === undefined
      ? warn("udev rules", "not installed", "Run scripts/install: ports get stable names and the right owner.")
      : ok("udev rules", found),
    udevadm.some((file) => existsSync(file))
      ? ok("udevadm", "there")
      : warn("udevadm", "not there", "apt-get install udev: without it USB ports cannot be told apart."),
  ];
  for (const { id, link } of site?.devices ?? []) {
    if ("serial" in link) lines.push(await diagnosePort(`device ${id}`, link.serial.path));
    const named = kernelNameOf(link);
    if (named !== undefined) lines.push(fleeting(`device ${id}`, named.name));
  }
  return lines;
}

const fleeting = (check: string, name: string): Diagnosis =>
  warn(
    check,
    `${name} is the kernel's name, and may be another port after the next plugging in`,
    "Name the port by its socket (/dev/vitalwire/path-…), which vitalwire devices shows.",
  );

async function diagnosePort(check: string, path: string): Promise<Diagnosis> {
  try {
    await access(path, constants.R_OK | constants.W_OK);
    return ok(check, `${path} may be opened`);
  } catch (error) {
    if (isMissing(error)) return bad(check, `${path} is not there`, "Plug it in, or compare with vitalwire devices.");
    if (reason(error) === "EACCES")
      return bad(
        check,
        `${path} may not be opened by this user`,
        "Install the udev rules, or join the group that owns it.",
      );
    return bad(check, `${path}: ${reason(error)}`, "Check the port.");
  }
}
