import type { Profile, SerialSettings } from "../config/profile.ts";
import type { Device } from "../config/site.ts";
import { listAllPorts } from "../links/all-ports.ts";
import type { Connection } from "../links/link.ts";
import { linkOf } from "../links/link-of.ts";
import { listeners } from "../links/listener.ts";
import { serialLink } from "../links/serial.ts";
import type { Problem } from "../model/problem.ts";
import { loadDriver } from "./drivers.ts";
import { match } from "./match.ts";
import { lineSettings, type Reader, readerOf } from "./reader.ts";

/** A device's connection, and what would read it. `dispose` lets go of a listening port. */
export interface OpenedOnce {
  readonly ok: true;
  readonly connection: Connection;
  readonly profile: Profile;
  readonly reader: Reader;
  dispose(): void;
}

/**
 * Opens one device of a site as the gateway would, once, without supervising it. The others are needed to tell whose
 * port is whose. Never rejects.
 */
export async function openOnce(
  device: Device,
  devices: readonly Device[],
  profiles: ReadonlyMap<string, Profile>,
  signal: AbortSignal,
): Promise<OpenedOnce | { readonly ok: false; readonly problem: Problem }> {
  const { assignments } = match(devices, await listAllPorts(), profiles);
  const found = assignments.find((a) => a.device.id === device.id);
  if (found === undefined || !found.ok)
    return found ?? { ok: false, problem: { code: "NOT_FOUND", detail: device.id } };
  const made = await readerOf(found.profile, loadDriver, device.link);
  if (!made.ok) return made;
  const link = linkOf(device.link, found.path, lineSettings(device, found.profile), listeners());
  if (link === undefined)
    return { ok: false, problem: { code: "PROFILE_INVALID", detail: `nothing gives the line speed of ${device.id}` } };
  const opened = await link.open(signal);
  if (!opened.ok) {
    link.dispose();
    return opened;
  }
  const { connection } = opened;
  return { ok: true, connection, profile: found.profile, reader: made.reader, dispose: () => link.dispose() };
}

/** Opens a serial port that no device of a site is, for whoever only listens to it. Never rejects. */
export async function openPort(
  path: string,
  settings: SerialSettings,
  signal: AbortSignal,
): Promise<Pick<OpenedOnce, "ok" | "connection" | "dispose"> | { readonly ok: false; readonly problem: Problem }> {
  const link = serialLink(path, settings);
  const opened = await link.open(signal);
  return opened.ok ? { ...opened, dispose: () => link.dispose() } : opened;
}
