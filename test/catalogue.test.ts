import { describe, expect, it } from "vitest";
import type { Channel, Profile } from "../src/config/profile.ts";
import { resolveProfiles, shippedProfileSources } from "../src/config/profiles.ts";
import type { Finding } from "../src/driver-kit/contract.ts";
import { heldReasons } from "../src/model/standing.ts";
import { normalize } from "../src/normalize/normalize.ts";
import { entryOf, type TableEntry } from "../src/normalize/tables/entry.ts";
import { type LoincEntry, loincCodes } from "../src/normalize/tables/loinc.ts";
import { type MdcEntry, mdcCodes } from "../src/normalize/tables/mdc.ts";
import { type UcumEntry, ucumUnits } from "../src/normalize/tables/ucum.ts";
import { driverFolders } from "./kit/drivers.ts";

const loinc: Readonly<Record<string, LoincEntry>> = loincCodes;
const mdc: Readonly<Record<string, MdcEntry>> = mdcCodes;
const ucum: Readonly<Record<string, UcumEntry>> = ucumUnits;

/** USB serial adapters of anybody's cable: several profiles may name one, for none is recognised by it alone. */
const bridges = ["0403:6001", "0403:6015", "067b:2303", "10c4:ea60", "1a86:7523"];

const folders = await driverFolders();
const { profiles: resolved, remarks } = await resolveProfiles(
  await shippedProfileSources(),
  [],
  async (id) => folders.find((folder) => folder.id === id)?.driver?.options,
);
const profiles = [...resolved.values()].map(({ profile }) => profile);
const channels = profiles.flatMap((profile) =>
  Object.entries(profile.channels).map(([name, channel]) => ({ at: `${profile.id} ${name}`, channel })),
);

const unitsOf = (channel: Channel): readonly string[] => [
  ...(channel.unit === undefined ? [] : [channel.unit]),
  ...Object.values(channel.units ?? {}),
];
const codesOf = (channel: Channel): readonly string[] => [
  ...(channel.loinc === undefined ? [] : [channel.loinc]),
  ...Object.values(channel.loincByUnit ?? {}),
];

describe("the catalogue of shipped profiles", () => {
  it("is there, and reads without a mistake: ids unique, versions given, options as the driver takes them", () => {
    expect(profiles.length).toBeGreaterThan(0);
    expect(remarks.map(({ file, line, message }) => `${file}:${line} ${message}`)).toEqual([]);
  });

  it("recognises no USB device as two instruments, but for adapters that anybody's cable has", () => {
    const claims = new Map<string, string[]>();
    for (const { id, match } of profiles)
      for (const { vendor, product = "*", serial = "*" } of match?.usb ?? []) {
        const key = `${vendor}:${product}`;
        if (!bridges.includes(key)) claims.set(`${key} ${serial}`, [...(claims.get(`${key} ${serial}`) ?? []), id]);
      }
    const contested = [...claims].filter(([key, ids]) => {
      const [vendor = ""] = key.split(":");
      const whole = claims.get(`${vendor}:* *`) ?? [];
      return new Set([...ids, ...whole]).size > 1;
    });
    expect(contested).toEqual([]);
  });

  it("names only codes and units that are in the pinned tables", () => {
    const missing = channels.flatMap(({ at, channel }) => [
      ...codesOf(channel).flatMap((code) => (entryOf(loinc, code) === undefined ? [`${at}: LOINC ${code}`] : [])),
      ...unitsOf(channel).flatMap((unit) => (entryOf(ucum, unit) === undefined ? [`${at}: UCUM ${unit}`] : [])),
      ...(channel.mdc !== undefined && entryOf(mdc, String(channel.mdc)) === undefined
        ? [`${at}: MDC ${channel.mdc}`]
        : []),
    ]);
    expect(missing).toEqual([]);
  });

  it("gives each code only units that measure what the code stands for", () => {
    const wrong = channels.flatMap(({ at, channel }) =>
      unitsOf(channel).flatMap((unit) => {
        const code = channel.loincByUnit?.[unit] ?? channel.loinc;
        const property = code === undefined ? undefined : entryOf(loinc, code)?.property;
        const measured = entryOf(ucum, unit)?.property;
        return property === undefined || measured === property
          ? []
          : [`${at}: LOINC ${code} is a ${property}, ${unit} a ${measured}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it("sets limits and decimals for units that the channel has, and where it sets limits, for each of them", () => {
    const wrong = channels.flatMap(({ at, channel }) => {
      const units = unitsOf(channel);
      const strange = [channel.range, channel.decimals, channel.loincByUnit].flatMap((by) =>
        Object.keys(by ?? {}).filter((unit) => !units.includes(unit)),
      );
      const open = channel.range === undefined ? [] : units.filter((unit) => channel.range?.[unit] === undefined);
      return [
        ...strange.map((unit) => `${at}: ${unit} is no unit of the channel`),
        ...open.map((unit) => `${at}: no limits in ${unit}`),
      ];
    });
    expect(wrong).toEqual([]);
  });

  it("limits every vital sign", () => {
    const unlimited = profiles
      .filter(({ kind }) => kind !== "lab-analyzer" && kind !== "scanner")
      .flatMap(({ id, channels: all }) =>
        Object.entries(all).flatMap(([name, channel]) =>
          unitsOf(channel).length > 0 && channel.range === undefined ? [`${id} ${name}`] : [],
        ),
      );
    expect(unlimited).toEqual([]);
  });
});

describe("captures", () => {
  const cases = folders.flatMap((folder) =>
    folder.captures.map(({ name, capture, expected }) => ({
      at: `${folder.id}/${name}`,
      profile: profiles.find(({ id }) => id === capture.head.profile),
      findings: (expected.findings ?? []) as readonly Finding[],
    })),
  );

  it("each name a profile of the catalogue", () => {
    expect(cases.filter(({ profile }) => profile === undefined).map(({ at }) => at)).toEqual([]);
  });

  it("yield only channels, units and words that their profile knows", () => {
    const unknown = cases.flatMap(({ at, profile, findings }) =>
      profile === undefined ? [] : findings.flatMap((finding) => unmapped(at, profile, finding)),
    );
    expect(unknown).toEqual([]);
  });

  function unmapped(at: string, profile: Profile, finding: Finding): readonly string[] {
    if (profile.ignore.includes(finding.channel)) return [];
    const { standing } = normalize(
      { ...finding, span: { from: 0, to: 0 } },
      {
        profile,
        device: { device: "d", place: "p", profile: `${profile.id}@${profile.version}`, driver: profile.driver },
        session: "s",
        received: { wall: "2026-11-23T14:00:00.000Z", monotonicMs: 0, boot: "b", quality: "synchronised" },
        timezone: "UTC",
        allowUnproven: true,
        clock: { holdUnsynchronised: true, noteMs: 120_000, holdMs: 900_000 },
        id: "id",
        group: "id",
      },
    );
    // A word in place of a number is held by design, as is each of a channel that has no words of its own; one of a channel
    // that lists its words must be among them.
    const listed = Object.keys(profile.channels[finding.channel]?.values ?? {}).length > 0;
    const reasons = heldReasons(standing).filter(
      (reason) =>
        reason === "unmapped-channel" || reason === "unmapped-unit" || (listed && reason === "unmapped-value"),
    );
    return reasons.map((reason) => `${at}: ${reason} ${finding.channel} ${finding.unit ?? ""}`.trimEnd());
  }
});

describe("the pinned tables", () => {
  const entries: readonly (readonly [string, TableEntry])[] = [
    ...Object.entries(loinc),
    ...Object.entries(mdc),
    ...Object.entries(ucum),
  ];

  it("say of every code where it comes from", () => {
    expect(entries.filter(([, { source }]) => source === "")).toEqual([]);
  });

  it("have LOINC codes with sound check digits (modulus 10, doubling from the right)", () => {
    const unsound = Object.keys(loinc).filter((code) => {
      const [digits = "", check] = code.split("-");
      const sum = Array.from(digits, Number)
        .reverse()
        .reduce((total, digit, i) => {
          const weighed = i % 2 === 0 ? digit * 2 : digit;
          return total + (weighed > 9 ? weighed - 9 : weighed);
        }, 0);
      return (10 - (sum % 10)) % 10 !== Number(check);
    });
    expect(unsound).toEqual([]);
  });
});
