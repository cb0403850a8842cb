import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Analyzer, openAnalyzer } from "../kit/analyzer.ts";
import { type Clinic, openClinic } from "../kit/clinic.ts";
import { closingWithTest } from "../kit/closing.ts";
import { allSettled, removeSite, siteFolder, spawnGateway, writeSite } from "../kit/gateway.ts";
import { freePort } from "../kit/mosquitto.ts";
import { hl7Sink, roomSite } from "../kit/room.ts";
import { until } from "../kit/until.ts";

/** How often a gateway is killed, over both sites together. */
const kills = 100;
/** Results that an analyzer always has waiting, so that it never runs dry in a burst. */
const waiting = 20;

/** A small generator with a seed, so that a run can be had again. Answers from 0 up to, but not, 1. */
function seeded(seed: number): () => number {
  let x = seed;
  return () => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return x / 2 ** 32;
  };
}

/** The value follows from the specimen, so that a mix-up shows. */
const hba1cOf = (specimen: string): string => `${4 + (Number(specimen) % 10)}.${Number(specimen) % 7}`;

interface Ledgers {
  readonly clinic: Clinic;
  readonly analyzer: Analyzer;
}

/** One site: its gateway is killed again and again in the middle of its work, and at last left to finish. */
async function killedAgainAndAgain(site: number, closing: (step: () => unknown) => void): Promise<Ledgers> {
  const folder = siteFolder();
  closing(() => removeSite(folder));
  const random = seeded(20261123 + site);
  /** Counts what can be seen from outside: bytes that come to the instrument, messages that come to the clinic. */
  let seen = 0;
  let look: () => void = () => {};
  const happened = (): void => {
    seen += 1;
    look();
  };
  const clinic = await openClinic(0, happened);
  closing(() => clinic.close());
  const port = await freePort();
  writeSite(folder, roomSite(folder, { analyzers: [port], sinks: [hl7Sink("ehr", clinic)] }));
  let gateway = spawnGateway(folder);
  closing(() => gateway.kill());
  const analyzer = await openAnalyzer(port, happened);
  closing(() => analyzer.close());
  const measure = (): void => {
    while (analyzer.measured() < analyzer.safe.length + waiting) {
      const specimen = String(site * 100_000 + analyzer.measured()).padStart(6, "0");
      analyzer.measure(`S${specimen}`, hba1cOf(specimen));
    }
  };

  for (let round = 0; round < kills / 2; round++) {
    if (random() < 0.2) {
      // While it starts: it opens the journal, puts the queue in order, sends again what is unsure.
      await Promise.race([sleep(random() * 800), gateway.ready()]);
    } else {
      // In the burst: right at some byte to the instrument, or before the clinic has answered some message.
      const at = seen + Math.floor(random() * 300);
      await new Promise<void>((resolve) => {
        look = () => {
          measure();
          if (seen > at) resolve();
        };
        look();
      });
      if (random() < 0.5) await sleep(random() * 3);
    }
    await gateway.kill();
    gateway = spawnGateway(folder);
  }
  look = () => {};
  await gateway.ready();
  await until(() => analyzer.safe.length === analyzer.measured());
  await until(() => allSettled(gateway));
  return { clinic, analyzer };
}

test(`killed ${kills} times in a burst: what was acknowledged to an instrument is filed once, under its own specimen`, {
  timeout: 600_000,
}, async () => {
  const closing = closingWithTest();
  for (const { analyzer, clinic } of await Promise.all([1, 2].map((site) => killedAgainAndAgain(site, closing)))) {
    const told = analyzer.safe.map(({ specimen, value }) => `${specimen.slice(1)} ${value}`);
    const held = clinic.filed().map(({ whose, value }) => `${whose.replace("specimen ", "")} ${value}`);
    const times = new Map<string, number>();
    for (const one of held) times.set(one, (times.get(one) ?? 0) + 1);
    expect(told.length).toBeGreaterThan(kills);
    expect({
      lost: told.filter((one) => !times.has(one)),
      doubled: [...times].filter(([, n]) => n > 1),
      invented: [...times.keys()].filter((one) => !told.includes(one)),
      lies: clinic.lies,
    }).toEqual({ lost: [], doubled: [], invented: [], lies: [] });
  }
});
