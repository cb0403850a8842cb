import type { Problem, ProblemCode } from "../model/problem.ts";
import { HidConnection } from "./hid-connection.ts";
import { type Link, notOpened, type Opened } from "./link.ts";

type NodeHid = typeof import("node-hid");

/** The Debian packages whose libraries node-hid needs. */
const packages = "libudev1 and libusb-1.0-0";

/**
 * A HID interface, opened through the kernel's hidraw: the kernel's own driver stays where it is, so a keyboard goes on
 * typing unless it is inhibited. How reports are laid out is said at `HidConnection`.
 *
 * @param path the hidraw node that was found for a configured device: `/dev/hidraw0`. No other is ever opened.
 */
export function hidLink(path: string): Link {
  return { name: path, passive: false, open: () => openHid(path), dispose: () => {} };
}

/** Why HID devices cannot be opened on this machine, or nothing: LIBRARY_MISSING, naming what to install. */
export async function hidProblem(): Promise<Problem | undefined> {
  const library = await nodeHid();
  return "problem" in library ? library.problem : undefined;
}

async function openHid(path: string): Promise<Opened> {
  const library = await nodeHid();
  if ("problem" in library) return { ok: false, problem: library.problem };
  try {
    const device = await library.hid.HIDAsync.open(path);
    return { ok: true, connection: new HidConnection(device, path) };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return notOpened(problemOf(text), `${path}: ${text.slice(text.lastIndexOf(": ") + 1).trim()}`);
  }
}

/** node-hid, loaded when HID is first needed: machines without HID instruments need not have its libraries. */
async function nodeHid(): Promise<{ readonly hid: NodeHid } | { readonly problem: Problem }> {
  try {
    const hid = await import("node-hid");
    // Before anything else is asked of it. The other flavour, libusb, would take the device from the kernel's driver.
    hid.setDriverType("hidraw");
    hid.getHidapiVersion();
    return { hid };
  } catch (error) {
    const cause = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return {
      problem: { code: "LIBRARY_MISSING", detail: `node-hid does not load (${cause}); install ${packages}` },
    };
  }
}

/** hidapi gives the text of strerror(3) and no code. */
function problemOf(text: string): ProblemCode {
  if (/No such/.test(text)) return "PORT_MISSING";
  if (/Permission denied|Operation not permitted/.test(text)) return "PORT_DENIED";
  if (/busy/i.test(text)) return "PORT_BUSY";
  return "LINK_LOST";
}
