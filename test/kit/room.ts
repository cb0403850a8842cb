import { join } from "node:path";
import type { Clinic } from "./clinic.ts";
import {
  type GatewayProcess,
  removeSite,
  type SiteText,
  siteFolder,
  startGateway,
  untilDevice,
  writeSite,
} from "./gateway.ts";
import { type PtyInstrument, ptyInstrument } from "./pty.ts";
import { roomAndBench } from "./site.ts";
import { until } from "./until.ts";

/** The barcode of a patient's wristband, and the bytes that the scanner sends for it. */
export const wristband = (digits: string): string => `P${digits}\r`;
/** The code at the door: the patient has gone. */
export const doneCode = "DONE\r";

const packet = (kg: string): string => `\x1bR\x1bI0000000000\x1bW${kg}\x1bH0.0\x1bB0.0\x1bT0.0\x1bNm\x1bE`;
const emptyScale = packet("0.0");

/** One whole packet of the scale. */
export const scalePacket = packet;
/** A weighing, as the scale streams it: three times the settled weight, then the empty platform. */
export const weighing = (kg: string): string => packet(kg).repeat(3) + emptyScale;

/** A room with a scanner and a scale on serial ports, and a bench with analyzers that call over the network. */
export function roomSite(
  folder: string,
  over: { readonly analyzers?: readonly number[]; readonly sinks?: SiteText["sinks"]; readonly state?: string } = {},
): SiteText {
  const { analyzers = [], sinks = [], state = join(folder, "state") } = over;
  return {
    site: "north",
    gateway: "gw-1",
    timezone: "Europe/Zurich",
    state,
    patients: { authority: "CLINIC" },
    clock: { holdUnsynchronised: false },
    journal: { ballastMegabytes: 1 },
    places: roomAndBench({ patient: 8, specimen: 6 }),
    devices: [
      serial("scanner-4", "generic-serial-scanner", join(folder, "scanner")),
      serial("scale-4", "health-o-meter-esc", join(folder, "scale")),
      ...analyzers.map((port, i) => ({
        id: `analyzer-${i + 1}`,
        place: "bench-1",
        profile: "abbott-afinion-2",
        link: { listen: { port } },
      })),
    ],
    sinks,
  };
}

const serial = (id: string, profile: string, path: string) => ({
  id,
  place: "room-4",
  profile,
  link: { serial: { path } },
});

/** The way to a clinic, impatient enough for a test. */
export function hl7Sink(id: string, { port }: Pick<Clinic, "port">, over: Record<string, unknown> = {}) {
  return { id, hl7: { host: "127.0.0.1", port, insecure: true, ackTimeout: "1s", ...over } };
}

/** A room with its instruments plugged in and the shipped service at work. */
export interface Room {
  readonly folder: string;
  readonly scanner: PtyInstrument;
  readonly scale: PtyInstrument;
  readonly gateway: GatewayProcess;
  /** Scans a wristband, and waits until the room is that patient's. */
  scan(digits: string): Promise<void>;
  /** Waits until so many readings are stored; answers them, oldest first. */
  stored(count: number): ReturnType<GatewayProcess["readings"]>;
}

type RoomOptions = NonNullable<Parameters<typeof roomSite>[1]>;

/** Opens a room; all of it is closed again by the steps that `closing` is given. */
export async function openRoom(closing: (step: () => unknown) => void, options: RoomOptions = {}): Promise<Room> {
  const folder = siteFolder();
  closing(() => removeSite(folder));
  const [scanner, scale] = [await ptyInstrument(join(folder, "scanner")), await ptyInstrument(join(folder, "scale"))];
  closing(scanner.unplug);
  closing(scale.unplug);
  writeSite(folder, roomSite(folder, options));
  const gateway = await startGateway(folder);
  closing(() => gateway.stop());
  await untilPluggedIn(gateway);
  const open = { folder, scanner, scale, gateway };
  return { ...open, scan: (digits) => scanIn(open, digits), stored: (count) => storedBy(gateway, count) };
}

/** Waits until scanner and scale are open: what they send before is lost. */
export async function untilPluggedIn(gateway: GatewayProcess): Promise<void> {
  await untilDevice(gateway, "scanner-4", "ready");
  await untilDevice(gateway, "scale-4", "ready");
}

async function scanIn({ scanner, gateway }: Pick<Room, "scanner" | "gateway">, digits: string): Promise<void> {
  scanner.write(wristband(digits));
  await until(async () => {
    const { places } = await gateway.status();
    return places.some(({ subject }) => subject?.kind === "patient" && subject.patient.id === digits);
  });
}

async function storedBy(gateway: GatewayProcess, count: number) {
  await until(async () => (await gateway.status()).counts.observations >= count);
  return gateway.readings();
}
