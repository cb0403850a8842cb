import { describe, expect, test } from "vitest";
import { siteSchema } from "../src/config/site.ts";
import type { Report } from "../src/devices/device.ts";
import type { Finding } from "../src/driver-kit/contract.ts";
import { createGateway } from "../src/gateway.ts";
import { type Entry, type Journal, JournalError } from "../src/journal/journal.ts";
import type { HostTime } from "../src/model/times.ts";
import { createPlaces } from "../src/places.ts";
import type { Addressee } from "../src/sinks/address.ts";
import { journalForTest } from "./kit/journals.ts";
import { mint } from "./kit/sample.ts";
import { profileOf } from "./kit/site.ts";
import { until } from "./kit/until.ts";

const site = siteSchema.parse({
  site: "north",
  gateway: "gw-1",
  timezone: "Europe/Zurich",
  places: [
    {
      id: "room-4",
      kind: "exam-room",
      unverified: "allow",
      barcodes: [{ means: "patient", prefix: "P", pattern: "\\d{4}" }],
    },
  ],
  devices: [{ id: "scale-4", place: "room-4", profile: "toy", link: { serial: { path: "/dev/none" } } }],
});
const [device] = site.devices;
if (device === undefined) throw new Error("the site has a device");

/** The steady clock at so many seconds, and the wall clock with it. */
const at = (seconds: number): HostTime => ({
  wall: new Date(Date.UTC(2026, 10, 23, 14, 0, seconds)).toISOString(),
  monotonicMs: seconds * 1000,
  boot: "boot-1",
  quality: "synchronised",
});

const kilograms = (text: string, over: Partial<Finding> = {}): Finding => ({
  channel: "TOY",
  value: { kind: "number", text },
  kind: "patient",
  span: { from: 0, to: 10 },
  ...over,
});

function reportOf(findings: readonly Finding[], over: Partial<Report> = {}): Report {
  return {
    config: device as NonNullable<typeof device>,
    profile: profileOf(),
    device: { device: "scale-4", place: "room-4", profile: "toy@7", driver: "toy@3" },
    session: "session-1",
    received: at(60),
    connectedSinceMs: 0,
    findings,
    awaited: false,
    ...over,
  };
}

/** A sink that writes down whose a message is and what it says. */
const clinic: Addressee = {
  kinds: ["patient"],
  sink: {
    id: "ehr",
    encode: ({ observations }) =>
      new TextEncoder().encode(
        observations
          .map(({ binding, value }) => {
            const subject = binding?.subject;
            const whose = subject?.kind === "patient" ? subject.patient.id : subject?.specimen;
            return `${whose} ${value.kind === "quantity" ? value.text : value.kind}`;
          })
          .join(),
      ),
  },
};

/** The line over a real journal, which the test may hold up or break. */
async function line(over: (journal: Journal) => Partial<Journal> = () => ({})) {
  const { journal: real } = await journalForTest();
  const journal: Journal = { ...real, ...over(real) };
  const log: { readonly event: string; readonly fields: unknown }[] = [];
  let woken = 0;
  real.attend("ehr", {
    room: () => 0,
    take: () => {},
    queued: () => {
      woken += 1;
    },
  });
  const gateway = createGateway({
    site,
    places: createPlaces(site),
    journal,
    addressees: [clinic],
    mint,
    log: (event, fields) => log.push({ event, fields }),
    trouble: () => {},
  });
  const scan = (text: string, received: HostTime): void => {
    gateway.scan({
      config: device as NonNullable<typeof device>,
      session: "s",
      received,
      scan: { text, span: { from: 0, to: 1 } },
    });
  };
  const messages = async (): Promise<readonly string[]> => {
    const deliveries = await real.deliveries({ limit: 100 });
    const bytes = await Promise.all(deliveries.toReversed().map(({ id }) => real.deliveryBytes(id)));
    return bytes.map((one) => new TextDecoder().decode(one));
  };
  return { gateway, journal: real, scan, log, messages, woken: () => woken };
}

describe("a report", () => {
  test("is said to be stored only after the journal has said so", async () => {
    let store: () => void = () => {};
    const asked: Entry[] = [];
    const { gateway, messages } = await line(({ append }) => ({
      append: (entry) => {
        asked.push(entry);
        return new Promise((resolve, reject) => {
          store = () => append(entry).then(resolve, reject);
        });
      },
    }));
    let answer: string | undefined;
    const answered = gateway.report(reportOf([kilograms("72.5")])).then((said) => {
      answer = said;
    });
    await expect.poll(() => asked.length).toBe(1);
    expect(answer).toBeUndefined();
    store();
    await answered;
    expect(answer).toBe("stored");
    expect(await messages()).toEqual([]);
  });

  test.each(["JOURNAL_FULL", "JOURNAL_FAILED", "JOURNAL_CORRUPT"] as const)(
    "is refused where the journal says %s, and nothing is sent of it",
    async (code) => {
      const { gateway, log, messages, scan } = await line(() => ({
        append: () => Promise.reject(new JournalError(code, "no")),
      }));
      scan("P0001", at(1));
      expect(await gateway.report(reportOf([kilograms("72.5")]))).toBe("refused");
      expect(log).toContainEqual({ event: "report-refused", fields: { device: "scale-4", code, findings: 1 } });
      expect(await messages()).toEqual([]);
    },
  );

  test("is refused where what is known cannot be asked, rather than stored twice", async () => {
    const { gateway, journal } = await line(() => ({ known: () => Promise.reject(new Error("no")) }));
    expect(await gateway.report(reportOf([kilograms("72.5", { identity: "record 1", record: "1" })]))).toBe("refused");
    expect((await journal.counts()).observations).toBe(0);
  });

  test("of a reading for the patient scanned goes to the sink, and wakes it", async () => {
    const { gateway, scan, messages, woken } = await line();
    scan("P0001", at(1));
    expect(await gateway.report(reportOf([kilograms("72.5")]))).toBe("stored");
    expect(await messages()).toEqual(["0001 72.5"]);
    expect(woken()).toBe(1);
  });

  test("that comes after another patient's scan goes to the one in whose time it was measured", async () => {
    let answer: (() => void) | undefined;
    const { gateway, scan, messages } = await line(({ known }) => ({
      known: (keys) =>
        new Promise((resolve) => {
          answer = () => resolve(known(keys));
        }),
    }));
    scan("P0001", at(1));
    const slow = gateway.report(
      reportOf([kilograms("72.5", { identity: "record 1", record: "1" })], { received: at(60) }),
    );
    scan("P0002", at(61));
    await until(() => answer !== undefined);
    answer?.();
    expect(await slow).toBe("stored");
    expect(await messages()).toEqual(["0001 72.5"]);
  });

  test("read again from a memory is safe, and is neither stored nor sent a second time, whoever is in the room", async () => {
    const { gateway, journal, scan, messages } = await line();
    scan("P0001", at(1));
    const memory = [kilograms("72.5", { identity: "record 1", record: "1" })];
    expect(await gateway.report(reportOf(memory))).toBe("stored");
    scan("P0002", at(70));
    const more = [...memory, kilograms("80.0", { identity: "record 2", record: "2" })];
    expect(await gateway.report(reportOf(more, { received: at(80), session: "session-2" }))).toBe("stored");
    expect(await gateway.report(reportOf(memory, { received: at(90) }))).toBe("stored");
    expect(await messages()).toEqual(["0001 72.5", "0002 80.0"]);
    expect((await journal.counts()).observations).toBe(2);
  });

  describe("without any time in it, equal to one that is known", () => {
    /** Seconds after 14:00; what the instrument says of its result is all that there is. */
    const result = (seconds: number, over: Partial<Finding> = {}) =>
      reportOf([kilograms("72.5", { identity: "no time", ...over })], { received: at(seconds) });
    const standings = async (journal: Journal) =>
      (await journal.observations({ limit: 9 }))
        .toReversed()
        .map(({ observation: { standing } }) => (standing.state === "held" ? standing.reasons.join() : standing.state));
    const hour = 3600;

    test("is stored and held, for it may be another patient's, and is never sent by itself", async () => {
      const { gateway, journal, scan, messages } = await line();
      scan("P0001", at(1));
      expect(await gateway.report(result(60))).toBe("stored");
      scan("P0002", at(hour));
      expect(await gateway.report(result(hour + 60))).toBe("stored");
      expect(await gateway.report(result(hour + 120))).toBe("stored");
      expect(await standings(journal)).toEqual(["ready", "maybe-repeated", "maybe-repeated"]);
      expect(await messages()).toEqual(["0001 72.5"]);
      const [last] = await journal.observations({ limit: 1 });
      expect(last?.observation.binding?.subject).toMatchObject({ patient: { id: "0002" } });
    });

    test("is held across midnight too, and is another result two days later", async () => {
      const { gateway, journal, scan, messages } = await line();
      const midnight = 10 * hour;
      for (const seconds of [midnight - 20, midnight + 5, midnight + 48 * hour]) {
        scan("P0001", at(seconds - 1));
        expect(await gateway.report(result(seconds))).toBe("stored");
      }
      expect(await standings(journal)).toEqual(["ready", "maybe-repeated", "ready"]);
      expect(await messages()).toEqual(["0001 72.5", "0001 72.5"]);
    });

    test("is held where one report brings both, for a frame may hold two messages", async () => {
      const { gateway, journal, scan } = await line();
      scan("P0001", at(1));
      const twice = [1, 2].map(() => kilograms("72.5", { identity: "no time" }));
      expect(await gateway.report(reportOf(twice))).toBe("stored");
      expect(await standings(journal)).toEqual(["ready", "maybe-repeated"]);
    });

    test("is held after a restart, when nothing is remembered", async () => {
      const { gateway, journal, scan } = await line();
      scan("P0001", at(1));
      await gateway.report(result(60));
      const after = await line(() => journal);
      after.scan("P0001", at(90));
      expect(await after.gateway.report(result(100))).toBe("stored");
      expect(await standings(journal)).toEqual(["ready", "maybe-repeated"]);
    });

    test("is told apart by its value, its unit, or what the instrument says of it", async () => {
      const { gateway, journal, scan } = await line();
      scan("P0001", at(1));
      await gateway.report(result(60));
      await gateway.report(result(61, { value: { kind: "number", text: "72.6" } }));
      await gateway.report(result(62, { identity: "no time, another specimen" }));
      expect(await standings(journal)).toEqual(["ready", "ready", "ready"]);
    });
  });

  test("shown again while it is being stored is not safe before the first is", async () => {
    let fail: ((error: Error) => void) | undefined;
    const { gateway, journal } = await line(({ append }) => ({
      append: (entry) =>
        fail === undefined
          ? new Promise((_, reject) => {
              fail = reject;
            })
          : append(entry),
    }));
    const shown = (session: string, seconds: number) =>
      reportOf([kilograms("72.5", { ageMs: (seconds - 59) * 1000 })], { session, received: at(seconds) });
    const first = gateway.report(shown("session-1", 60));
    const second = gateway.report(shown("session-2", 62));
    await until(() => fail !== undefined);
    fail?.(new Error("no room"));
    expect(await first).toBe("refused");
    expect(await second).toBe("stored");
    expect((await journal.counts()).observations).toBe(1);
  });

  test("of which nobody remembers when it came is nobody's, unless one patient was there all that time", async () => {
    const { gateway, journal, scan, messages } = await line();
    scan("P0001", at(1));
    const forgotten = (after: number, text: string) =>
      reportOf([kilograms(text)], { received: at(60), receivedAfterMs: after * 1000 });
    expect(await gateway.report(forgotten(0, "72.5"))).toBe("stored");
    expect(await gateway.report(forgotten(2, "73.0"))).toBe("stored");
    const rows = await journal.observations({ limit: 10 });
    expect(rows.toReversed().map(({ observation }) => observation.standing)).toEqual([
      { state: "held", reasons: ["outside-association"] },
      { state: "ready" },
    ]);
    expect(await messages()).toEqual(["0001 73.0"]);
  });

  test("told by an age that was refused beside another is stored when both come again, and both come twice", async () => {
    let full = true;
    const { gateway, scan, messages } = await line(({ append }) => ({
      append: (entry) =>
        full && entry.observations.length > 0 ? Promise.reject(new JournalError("JOURNAL_FULL", "no")) : append(entry),
    }));
    scan("P0001", at(1));
    const determinations = [
      reportOf([kilograms("72.5", { ageMs: 0 })], { received: at(10) }),
      reportOf([kilograms("73.0", { ageMs: 0 })], { received: at(60) }),
    ];
    const offer = () => Promise.all(determinations.map((one) => gateway.report(one)));
    expect(await offer()).toEqual(["refused", "refused"]);
    expect(await offer()).toEqual(["refused", "refused"]);
    full = false;
    expect(await offer()).toEqual(["stored", "stored"]);
    expect(await offer()).toEqual(["stored", "stored"]);
    expect(await messages()).toEqual(["0001 72.5", "0001 73.0"]);
  });

  test("that nobody owns is held and not sent", async () => {
    const { gateway, journal, messages, woken } = await line();
    expect(await gateway.report(reportOf([kilograms("72.5")]))).toBe("stored");
    const [row] = await journal.observations({ limit: 1 });
    expect(row?.observation.standing).toEqual({ state: "held", reasons: ["no-patient"] });
    expect(await messages()).toEqual([]);
    expect(woken()).toBe(0);
  });

  test.each(["control", "demo"] as const)(
    "of a %s measurement goes to no patient, whoever is in the room",
    async (kind) => {
      const { gateway, journal, scan, messages } = await line();
      scan("P0001", at(1));
      expect(await gateway.report(reportOf([kilograms("72.5", { kind })]))).toBe("stored");
      const [row] = await journal.observations({ limit: 1 });
      expect(row?.observation.standing).toEqual({ state: "held", reasons: [kind] });
      expect(row?.observation.binding).toBeUndefined();
      expect(await messages()).toEqual([]);
    },
  );

  test("whose one value is implausible is held whole, for what was taken together is judged together", async () => {
    const { gateway, journal, scan, messages } = await line();
    const profile = profileOf({ channels: { TOY: { loinc: "29463-7", unit: "kg", range: { kg: [1, 300] } } } });
    scan("P0001", at(1));
    const together = [kilograms("72.5", { group: "g" }), kilograms("999.9", { group: "g" })];
    expect(await gateway.report(reportOf(together, { profile }))).toBe("stored");
    expect((await journal.counts()).held).toBe(2);
    expect(await messages()).toEqual([]);
  });

  test("of nothing but what is known writes nothing", async () => {
    const appended: Entry[] = [];
    const { gateway } = await line(({ append }) => ({
      append: (entry) => {
        appended.push(entry);
        return append(entry);
      },
    }));
    const memory = reportOf([kilograms("72.5", { identity: "record 1", record: "1" })]);
    await gateway.report(memory);
    await gateway.report(memory);
    expect(appended.length).toBe(1);
  });
});

describe("a scan", () => {
  test("opens an association, as an event in the journal", async () => {
    const { journal, scan } = await line();
    scan("P0001", at(1));
    await expect
      .poll(async () => (await journal.events({ limit: 10 })).map(({ type }) => type))
      .toEqual(["association-opened"]);
  });

  test("whose event cannot be kept is said to be lost, without naming anybody, and still counts for the room", async () => {
    let full = true;
    const { gateway, scan, log, messages } = await line(({ append }) => ({
      append: (entry) => (full ? Promise.reject(new JournalError("JOURNAL_FULL", "no")) : append(entry)),
    }));
    scan("P0001", at(1));
    await expect.poll(() => log).toEqual([{ event: "event-lost", fields: { code: "JOURNAL_FULL", events: 1 } }]);
    full = false;
    await gateway.report(reportOf([kilograms("72.5")]));
    expect(await messages()).toEqual(["0001 72.5"]);
  });

  test("that means nothing here ends whatever was open, so that the next reading is nobody's", async () => {
    const { gateway, journal, scan, messages } = await line();
    scan("P0001", at(1));
    scan("what is this", at(2));
    await gateway.report(reportOf([kilograms("72.5")]));
    expect(await messages()).toEqual([]);
    const types = (await journal.events({ limit: 10 })).map(({ type }) => type).toReversed();
    expect(types).toEqual(["association-opened", "association-ended", "scan-refused"]);
  });
});
