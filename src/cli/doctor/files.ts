import { access, constants } from "node:fs/promises";
import { dirname } from "node:path";
import type { Configuration } from "../../config/load.ts";
import { bad, type Diagnosis, isMissing, ok, reason } from "./diagnosis.ts";

/** Whether destinations that are files can be written: the folder must be there, for a sink makes none. */
export async function diagnoseFiles({ site }: Configuration): Promise<readonly Diagnosis[]> {
  const lines: Diagnosis[] = [];
  for (const sink of site.sinks)
    if ("file" in sink) lines.push(await diagnoseFile(`destination ${sink.id}`, sink.file.path));
  return lines;
}

async function diagnoseFile(check: string, path: string): Promise<Diagnosis> {
  try {
    await access(path, constants.W_OK);
    return ok(check, `${path} can be written`);
  } catch (error) {
    if (!isMissing(error)) return bad(check, `${path}: ${reason(error)}`, "Check its permissions.");
  }
  const folder = dirname(path);
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    return ok(check, `${path} will be made in ${folder}`);
  } catch (error) {
    if (isMissing(error))
      return bad(
        check,
        `the folder ${folder} is not there`,
        "Make it. The service may write below /var/lib/vitalwire.",
      );
    return bad(check, `${folder}: ${reason(error)}`, "Check the folder's permissions, as the gateway's user.");
  }
}
