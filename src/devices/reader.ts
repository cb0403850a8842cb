import { type Profile, type SerialSettings, serialSettings } from "../config/profile.ts";
import type { Device, LinkConfig } from "../config/site.ts";
import type { Driver, Session } from "../driver-kit/contract.ts";
import type { Problem } from "../model/problem.ts";

/** All that is needed to read one device once its link is open. */
export interface Reader {
  readonly driver: Driver;
  session(): Session;
  /** `profile-id@version` and `driver-id@version`, as observations carry them. */
  readonly profile: string;
  readonly version: string;
}

/**
 * The profile's driver with the profile's options, or PROFILE_INVALID: also where the link does not carry what the
 * driver reads. A recording carries either.
 */
export async function readerOf(
  profile: Profile,
  load: (id: string) => Promise<Driver | undefined>,
  link: LinkConfig,
): Promise<{ readonly ok: true; readonly reader: Reader } | { readonly ok: false; readonly problem: Problem }> {
  let driver: Driver | undefined;
  try {
    driver = await load(profile.driver);
  } catch (error) {
    return invalid(`the driver ${profile.driver} cannot be loaded: ${error instanceof Error ? error.message : error}`);
  }
  if (driver === undefined) return invalid(`profile ${profile.id}: there is no driver ${profile.driver}`);
  if (!("file" in link) && "hid" in link !== (driver.input === "reports")) {
    const reads =
      driver.input === "reports" ? "HID reports, and the device's link is not" : "bytes, and the device's link is";
    return invalid(`profile ${profile.id} reads ${reads} hid`);
  }
  const options = driver.options.safeParse(profile.options);
  if (!options.success) {
    const [issue] = options.error.issues;
    return invalid(`profile ${profile.id}: options.${issue?.path.join(".")}: ${issue?.message}`);
  }
  const { id, version } = driver;
  const open = driver;
  return {
    ok: true,
    reader: {
      driver,
      session: () => open.session(options.data),
      profile: `${profile.id}@${profile.version}`,
      version: `${id}@${version}`,
    },
  };
}

/** The profile's line settings with the site's own over them; undefined where nobody gives a speed. */
export function lineSettings(device: Device, profile: Profile): SerialSettings | undefined {
  const own: Record<string, unknown> = "serial" in device.link ? { ...device.link.serial } : {};
  delete own["path"];
  const settings = serialSettings.safeParse({ ...profile.serial, ...own });
  return settings.success ? settings.data : undefined;
}

function invalid(detail: string): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem: { code: "PROFILE_INVALID", detail } };
}
