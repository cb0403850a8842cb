import { type Channel, type Profile, profileSchema } from "../../src/config/profile.ts";
import type { Finding, WireValue } from "../../src/driver-kit/contract.ts";
import type { HostTime } from "../../src/model/times.ts";
import type { Circumstances } from "../../src/normalize/normalize.ts";

/** A profile whose channels are written as YAML would write them. */
export function profileOf(
  channels: Readonly<Record<string, Partial<Channel>>>,
  more: Partial<Pick<Profile, "evidence" | "ignore">> = {},
): Profile {
  return profileSchema.parse({
    id: "bench-scale",
    version: 3,
    driver: "line",
    evidence: "bench",
    maker: "Acme",
    model: "S1",
    kind: "scale",
    channels,
    ...more,
  });
}

export const arrival: HostTime = {
  wall: "2026-11-23T14:00:00.000Z",
  monotonicMs: 10_000_000,
  boot: "b1",
  quality: "synchronised",
};

export function circumstances(profile: Profile, more: Partial<Circumstances> = {}): Circumstances {
  return {
    profile,
    device: { device: "scale-1", place: "room-1", profile: `${profile.id}@${profile.version}`, driver: "line@2" },
    session: "s1",
    received: arrival,
    timezone: "Europe/Zurich",
    allowUnproven: false,
    clock: { holdUnsynchronised: true, noteMs: 120_000, holdMs: 900_000 },
    id: "id-1",
    group: "id-1",
    ...more,
  };
}

export function finding(channel: string, value: WireValue | string, more: Partial<Finding> = {}): Finding {
  return {
    channel,
    value: typeof value === "string" ? { kind: "number", text: value } : value,
    kind: "patient",
    span: { from: 7, to: 19 },
    ...more,
  };
}
