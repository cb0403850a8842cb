import type { SerialSettings } from "../config/profile.ts";
import type { ProblemCode } from "../model/problem.ts";
import { type Link, notOpened, type Opened } from "./link.ts";
import { SerialConnection } from "./serial-connection.ts";
import { showBrokenBytes, stickParity, stty } from "./stty.ts";

/**
 * A serial port, opened with all its line settings and an exclusive lock: a second gateway gets PORT_BUSY. The kernel
 * raises DTR and RTS on opening; the levels asked for are set directly after it.
 */
export function serialLink(path: string, settings: SerialSettings): Link {
  return { name: path, passive: false, open: () => openSerial(path, settings), dispose: () => {} };
}

async function openSerial(path: string, settings: SerialSettings): Promise<Opened> {
  const stopBits = wholeStopBits(settings);
  if (stopBits === undefined) return notOpened("PORT_SETTINGS", "1.5 stop bits go with 5 data bits only");
  const stick = settings.parity === "mark" || settings.parity === "space" ? settings.parity : undefined;
  const parity = settings.parity === "even" || settings.parity === "odd" ? settings.parity : "none";

  const { SerialPort } = await import("serialport").catch(() => ({ SerialPort: undefined }));
  if (SerialPort === undefined) return notOpened("LIBRARY_MISSING", "the npm package serialport cannot be loaded");
  let port: Awaited<ReturnType<typeof SerialPort.binding.open>>;
  try {
    port = await SerialPort.binding.open({
      path,
      baudRate: settings.baudRate,
      dataBits: settings.dataBits,
      stopBits,
      parity,
      rtscts: settings.flowControl === "rts-cts",
      xon: settings.flowControl === "xon-xoff",
      xoff: settings.flowControl === "xon-xoff",
      lock: true,
    });
  } catch (error) {
    const text = messageOf(error);
    return notOpened(problemOf(text), `${path}: ${text}`);
  }
  if (!("poller" in port)) return notOpened("LIBRARY_MISSING", "serial ports work on Linux only");

  const notes: string[] = [];
  // Before the levels: opening the port a second time, as stty does, raises DTR and RTS again.
  const broken = await stty(path, showBrokenBytes);
  if (broken !== undefined) notes.push(`bytes with line errors are dropped unseen: ${broken}`);
  const stuck = stick === undefined ? undefined : await stty(path, stickParity[stick]);
  const levels = await port
    .set({ dtr: settings.dtr === "high", rts: settings.rts === "high" || settings.flowControl === "rts-cts" })
    .then(() => undefined, messageOf);
  // A pty and some adapters have no modem lines; high is what the kernel leaves them at.
  const asked = settings.dtr === "low" || settings.rts === "low";
  if (levels !== undefined && asked) notes.push(`DTR and RTS are left as they are: ${levels}`);
  if (stuck !== undefined) {
    await port.close().catch(() => {});
    return notOpened("PORT_SETTINGS", `${path}: ${settings.parity} parity: ${stuck}`);
  }
  return { ok: true, connection: new SerialConnection(port, path, notes) };
}

/** A UART sends 1.5 stop bits where 2 are asked for with 5 data bits, and has no 1.5 otherwise. */
function wholeStopBits(settings: SerialSettings): 1 | 2 | undefined {
  if (settings.stopBits !== 1.5) return settings.stopBits;
  return settings.dataBits === 5 ? 2 : undefined;
}

/** serialport gives the text of strerror(3) and no code. */
function problemOf(text: string): ProblemCode {
  if (/No such|Is a directory/.test(text)) return "PORT_MISSING";
  if (/Permission denied|Operation not permitted/.test(text)) return "PORT_DENIED";
  if (/temporarily unavailable|busy/.test(text)) return "PORT_BUSY";
  if (/Inappropriate ioctl|Invalid argument|Invalid|not supported|baud rate/.test(text)) return "PORT_SETTINGS";
  return "LINK_LOST";
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/^Error:? /, "");
}
