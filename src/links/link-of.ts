import type { SerialSettings } from "../config/profile.ts";
import type { LinkConfig } from "../config/site.ts";
import { bulkLink } from "./bulk.ts";
import { fileLink } from "./file.ts";
import { hidLink } from "./hid.ts";
import type { Link } from "./link.ts";
import type { listeners } from "./listener.ts";
import { serialLink } from "./serial.ts";
import { tcpLink } from "./tcp.ts";

/**
 * The link that the configuration describes; undefined where it lacks a path or line settings that it needs. One line
 * here for each kind of link.
 *
 * @param path the serial port, HID interface or USB interface that was found for it, where the link is one.
 * @param settings line settings, the profile's with the site's own over them.
 */
export function linkOf(
  config: LinkConfig,
  path: string | undefined,
  settings: SerialSettings | undefined,
  listening: ReturnType<typeof listeners>,
): Link | undefined {
  if ("serial" in config || "usb" in config) {
    return path === undefined || settings === undefined ? undefined : serialLink(path, settings);
  }
  if ("hid" in config) return path === undefined ? undefined : hidLink(path);
  if ("bulk" in config) return path === undefined ? undefined : bulkLink(path);
  if ("tcp" in config) return tcpLink(config.tcp.host, config.tcp.port);
  if ("listen" in config) return listening.link(config.listen);
  if ("file" in config) return fileLink(config.file.path, config.file.speed);
  config satisfies never;
  return undefined;
}
