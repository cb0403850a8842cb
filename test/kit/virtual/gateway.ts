import type { Profile } from "../../../src/config/profile.ts";
import type { Site } from "../../../src/config/site.ts";
import { SupervisedDevice } from "../../../src/devices/supervisor.ts";
import type { Timers } from "../../../src/devices/timers.ts";
import type { Driver } from "../../../src/driver-kit/contract.ts";
import { createGateway } from "../../../src/gateway.ts";
import type { Journal } from "../../../src/journal/journal.ts";
import { openJournal } from "../../../src/journal/open.ts";
import { createPlaces } from "../../../src/places.ts";
import { deliver } from "../../../src/sinks/deliver.ts";
import { hurried } from "../journals.ts";
import { mint } from "../sample.ts";
import type { Cable } from "./cable.ts";
import type { VirtualReceiver } from "./receiver.ts";
import type { VirtualTime } from "./time.ts";

export interface VirtualParts {
  readonly site: Site;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly drivers: ReadonlyMap<string, Driver>;
  readonly time: VirtualTime;
  readonly cables: ReadonlyMap<string, Cable>;
  readonly receiver: VirtualReceiver;
  /** The journal's file. */
  readonly path: string;
}

/** A whole gateway in this process: everything real but the links, the destination and time. */
export interface VirtualGateway {
  /** What is on disk, asked from outside. */
  readonly journal: Journal;
  /** Lets what is under way in it come to rest. */
  settle(): Promise<void>;
  /** Ends it as a power cut would: nothing is finished, what was asked of the journal may or may not be on disk. */
  crash(): Promise<void>;
}

const nothing = (): void => {};

export async function startVirtualGateway(parts: VirtualParts): Promise<VirtualGateway> {
  const { site, profiles, drivers, time, cables, receiver, path } = parts;
  const { journal: real } = await openJournal({ path, ballastBytes: 4096, clock: time, steady: hurried });
  const life = { over: false, underWay: 0, asked: 0 };
  const journal = mortal(real, time, life);
  const timers: Timers = { after: (ms, call) => time.after(ms, () => (life.over ? undefined : call())) };

  const sink = receiver.sink();
  deliver({
    sink,
    journal,
    clock: time,
    onAlert: nothing,
    wake: (afterMs, ring) => timers.after(afterMs, ring),
    random: () => 0,
  });
  const places = createPlaces(site);
  const gateway = createGateway({
    site,
    places,
    journal,
    addressees: [{ sink, kinds: ["patient"] }],
    mint,
    log: nothing,
    trouble: nothing,
  });
  for (const device of site.devices) {
    const cable = cables.get(device.id);
    const profile = profiles.get(device.profile ?? "");
    if (cable === undefined || profile === undefined) throw new Error(`nothing is known of ${device.id}`);
    new SupervisedDevice(device, {
      upstream: gateway,
      clock: time,
      timers,
      log: nothing,
      timezone: site.timezone,
      locate: async () => ({ ok: true, device, profile }),
      linkTo: () => cable.link(),
      loadDriver: async (id) => drivers.get(id),
      record: () => ({ in: nothing, out: nothing, end: nothing }),
      sessionId: mint,
      random: () => 0,
    }).start();
  }
  const tick = (): void => {
    gateway.keep(places.tick(time.now()));
    timers.after(10_000, tick);
  };
  tick();

  return {
    journal: real,
    async settle() {
      for (let calm = 0; calm < 2; ) {
        const before = life.asked;
        await new Promise((resolve) => setImmediate(resolve));
        calm = life.underWay === 0 && life.asked === before ? calm + 1 : 0;
      }
    },
    async crash() {
      life.over = true;
      for (const cable of cables.values()) cable.dropped();
      await real.close();
    },
  };
}

/** How long the disk takes, at least: so long what was asked for is not there. */
const diskMs = 20;

/** A journal whose answers nobody hears once its gateway is dead; what was only asked for then is never begun. */
function mortal(real: Journal, time: VirtualTime, life: { over: boolean; underWay: number; asked: number }): Journal {
  const never = new Promise<never>(nothing);
  async function call<T>(work: () => Promise<T>): Promise<T> {
    await new Promise<void>((resolve) => void time.after(diskMs, resolve));
    if (life.over) return never;
    life.asked += 1;
    life.underWay += 1;
    try {
      const result = await work();
      return life.over ? never : result;
    } catch (error) {
      if (life.over) return never;
      throw error;
    } finally {
      life.underWay -= 1;
    }
  }
  return {
    append: (entry) => call(() => real.append(entry)),
    known: (keys) => call(() => real.known(keys)),
    claim: (sink, limit, nowMs) => call(() => real.claim(sink, limit, nowMs)),
    attend: (sink, taker) => real.attend(sink, taker),
    settle: (outcomes) => call(() => real.settle(outcomes)),
    nextDue: (sink) => call(() => real.nextDue(sink)),
    observations: (query) => call(() => real.observations(query)),
    deliveries: (query) => call(() => real.deliveries(query)),
    deliveryBytes: (id) => call(() => real.deliveryBytes(id)),
    events: (query) => call(() => real.events(query)),
    counts: () => call(() => real.counts()),
    amend: (amendment) => call(() => real.amend(amendment)),
    retry: (delivery, by, at) => call(() => real.retry(delivery, by, at)),
    abandon: (delivery, by, reason, at) => call(() => real.abandon(delivery, by, reason, at)),
    retain: (before) => call(() => real.retain(before)),
    close: () => real.close(),
  };
}
