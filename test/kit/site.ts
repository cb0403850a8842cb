import type { z } from "zod";
import { type Profile, profileSchema } from "../../src/config/profile.ts";
import { type LinkConfig, type Site, siteSchema } from "../../src/config/site.ts";

type LinkInput = Record<string, unknown>;

/** A site with one room and these devices, all of the profile `toy` where they name no other. */
export function siteOf(devices: Readonly<Record<string, LinkInput | { link: LinkInput; profile?: string }>>): Site {
  return siteSchema.parse({
    site: "north",
    gateway: "gw-1",
    timezone: "Europe/Zurich",
    places: [{ id: "room-4", kind: "exam-room" }],
    devices: Object.entries(devices).map(([id, given]) =>
      "link" in given
        ? { id, place: "room-4", ...given }
        : { id, place: "room-4", profile: "toy", link: given as unknown as LinkConfig },
    ),
  });
}

/**
 * An exam room in which patients and the code at the door are scanned, and a bench whose analyzers name specimens:
 * barcodes `P` and `S` with so many digits.
 */
export function roomAndBench({
  patient,
  specimen,
}: {
  readonly patient: number;
  readonly specimen: number;
}): z.input<typeof siteSchema>["places"] {
  return [
    {
      id: "room-4",
      kind: "exam-room",
      unverified: "allow",
      barcodes: [
        { means: "patient", prefix: "P", pattern: `\\d{${patient}}` },
        { means: "done", pattern: "DONE" },
      ],
    },
    {
      id: "bench-1",
      kind: "lab-bench",
      trustInstrumentIds: true,
      barcodes: [{ means: "specimen", prefix: "S", pattern: `\\d{${specimen}}` }],
    },
  ];
}

/** A profile; by default one of the toy driver at 9600 baud. */
export function profileOf(over: Record<string, unknown> = {}): Profile {
  return profileSchema.parse({
    id: "toy",
    version: 7,
    driver: "toy",
    evidence: "capture",
    maker: "Nobody",
    model: "Toy",
    kind: "scale",
    serial: { baudRate: 9600 },
    channels: { TOY: { loinc: "29463-7", unit: "kg" } },
    ...over,
  });
}

export function profilesOf(...profiles: readonly Profile[]): ReadonlyMap<string, Profile> {
  return new Map(profiles.map((profile) => [profile.id, profile]));
}
