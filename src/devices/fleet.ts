import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Profile } from "../config/profile.ts";
import type { Device, Site } from "../config/site.ts";
import type { Driver } from "../driver-kit/contract.ts";
import { type AnyPort, listAllPorts } from "../links/all-ports.ts";
import { linkOf } from "../links/link-of.ts";
import { listeners } from "../links/listener.ts";
import { uuidv7 } from "../model/ids.ts";
import type { Clock } from "../model/times.ts";
import type { DeviceStatus, Upstream } from "./device.ts";
import { loadDriver } from "./drivers.ts";
import { type Assignment, type Matched, match } from "./match.ts";
import { lineSettings } from "./reader.ts";
import { flushAfterMs, Recorder, type Recording } from "./recorder.ts";
import { Rounds } from "./rounds.ts";
import { SupervisedDevice } from "./supervisor.ts";
import { Tap } from "./tap.ts";
import { hostTimers, type Timers } from "./timers.ts";

export interface FleetParts {
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly log: (event: string, fields: Record<string, unknown>) => void;
  /** Where the flight recorder writes, a folder for each device; nothing is recorded without it. */
  readonly recordings?: string;
  readonly timers?: Timers;
  readonly loadDriver?: (id: string) => Promise<Driver | undefined>;
  /** The serial ports and HID interfaces that are there. */
  readonly listPorts?: () => Promise<readonly AnyPort[]>;
}

type Profiles = ReadonlyMap<string, Profile>;

interface Member {
  /** All that its running depends on, as text: another text needs another supervisor. */
  readonly key: string;
  readonly supervised: SupervisedDevice;
  readonly tap: Tap;
  readonly recorder: Recorder | undefined;
}

/** How long closing may take before it is left to the kernel. */
const stopMs = 2000;
/** Each is logged once; a port scan does not fill the log. */
const mostStrangers = 1000;
const unrecorded: Recording = { in: () => {}, out: () => {}, end: () => {} };

/** All devices of a site, each supervised for itself. */
export class Fleet {
  readonly #parts: FleetParts;
  readonly #timers: Timers;
  /** In which the recordings of all devices are written. */
  readonly #rounds: Rounds;
  readonly #listening: ReturnType<typeof listeners>;
  readonly #members = new Map<string, Member>();
  #devices: readonly Device[] = [];
  #profiles: Profiles = new Map();
  #matching: Promise<Matched> | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(parts: FleetParts) {
    this.#parts = parts;
    this.#timers = parts.timers ?? hostTimers;
    this.#rounds = new Rounds(this.#timers, flushAfterMs);
    const strangers = new Set<string>();
    this.#listening = listeners((listener, peer) => {
      if (strangers.has(peer) || strangers.size >= mostStrangers) return;
      strangers.add(peer);
      parts.log("listener.stranger", { listener, peer });
    });
  }

  /** Makes the running devices those of the site: only what changed is stopped or started. */
  apply(site: Site, profiles: Profiles): Promise<void> {
    return this.#queue(async () => {
      const wanted = new Map(site.devices.map((device) => [device.id, keyOf(device, site, profiles)]));
      const leaving = [...this.#members].filter(([id, member]) => wanted.get(id) !== member.key);
      await this.#leave(leaving);
      this.#devices = site.devices;
      this.#profiles = profiles;
      for (const device of site.devices) {
        const key = wanted.get(device.id);
        if (key === undefined || this.#members.has(device.id)) continue;
        const member = this.#member(device, site, key);
        this.#members.set(device.id, member);
        member.supervised.start();
      }
    });
  }

  /** Closes all devices; what they reported is stored by then, as far as that takes no longer than two seconds. */
  stop(): Promise<void> {
    return this.#queue(() => this.#leave([...this.#members]));
  }

  statuses(): readonly DeviceStatus[] {
    return [...this.#members.values()].map(({ supervised }) => supervised.status());
  }

  /** Which port is which device, now. */
  async ports(): Promise<Matched> {
    return match(this.#devices, await this.#ports(), this.#profiles);
  }

  /** Tells all that passes at a device, as lines of a capture; undefined where there is no such device. */
  tap(device: string, listener: (line: string) => void): (() => void) | undefined {
    return this.#members.get(device)?.tap.listen(listener);
  }

  #queue(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => {});
    return done;
  }

  async #leave(members: readonly (readonly [string, Member])[]): Promise<void> {
    for (const [id] of members) this.#members.delete(id);
    const left = Promise.all(
      members.map(async ([, { supervised, recorder }]) => {
        await supervised.stop();
        await recorder?.written();
      }),
    );
    let cancel = () => {};
    const late = new Promise<void>((resolve) => {
      cancel = this.#timers.after(stopMs, resolve);
    });
    await Promise.race([left, late]);
    cancel();
  }

  #member(device: Device, site: Site, key: string): Member {
    const { clock, log, upstream, recordings } = this.#parts;
    const tap = new Tap();
    const recorder =
      recordings === undefined
        ? undefined
        : new Recorder(
            join(recordings, device.id),
            site.recorder.megabytesPerDevice * 1024 * 1024,
            this.#rounds,
            (cause) => log("recorder.failed", { device: device.id, cause }),
          );
    const supervised = new SupervisedDevice(device, {
      upstream,
      clock,
      log,
      timers: this.#timers,
      timezone: device.timezone ?? site.timezone,
      locate: () => this.#locate(device),
      linkTo: ({ profile, path }) => linkOf(device.link, path, lineSettings(device, profile), this.#listening),
      loadDriver: this.#parts.loadDriver ?? loadDriver,
      record: (start) => tap.over(recorder?.record(start) ?? unrecorded, start),
      sessionId: (now) => uuidv7(Date.parse(now.wall), randomBytes(10)),
      random: Math.random,
    });
    return { key, supervised, tap, recorder };
  }

  async #locate(device: Device): Promise<Assignment> {
    const isPort = "serial" in device.link || "usb" in device.link || "hid" in device.link || "bulk" in device.link;
    const matched = isPort ? await this.#match() : match([device], [], this.#profiles);
    const found = matched.assignments.find((assignment) => assignment.device.id === device.id);
    return found ?? { ok: false, device, problem: { code: "PORT_MISSING" } };
  }

  /** Devices that look at the same moment share one look. */
  #match(): Promise<Matched> {
    this.#matching ??= this.#ports()
      .then((ports) => match(this.#devices, ports, this.#profiles))
      .finally(() => {
        this.#matching = undefined;
      });
    return this.#matching;
  }

  #ports(): Promise<readonly AnyPort[]> {
    return (this.#parts.listPorts ?? listAllPorts)().catch(() => []);
  }
}

function keyOf(device: Device, site: Site, profiles: Profiles): string {
  const readable = device.profile === undefined ? [...profiles.values()] : [profiles.get(device.profile)];
  return JSON.stringify([device, readable, device.timezone ?? site.timezone, site.recorder]);
}
