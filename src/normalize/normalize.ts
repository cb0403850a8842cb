import type { Channel, Profile } from "../config/profile.ts";
import type { Finding } from "../driver-kit/contract.ts";
import type { DeviceReference } from "../model/device.ts";
import type { Code, HoldReason, Observation } from "../model/observation.ts";
import type { Value } from "../model/quantity.ts";
import { standingFor } from "../model/standing.ts";
import type { HostTime } from "../model/times.ts";
import { measuredTimes } from "./measured.ts";
import { sourceKeyOf } from "./source-key.ts";
import { entryOf } from "./tables/entry.ts";
import { loincCodes } from "./tables/loinc.ts";
import { meaningOf, own } from "./value.ts";

/** Everything about the situation of a finding that its bytes do not say. */
export interface Circumstances {
  readonly profile: Profile;
  readonly device: DeviceReference;
  readonly session: string;
  readonly received: HostTime;
  /** IANA zone of the instrument's clock. */
  readonly timezone: string;
  /** The instrument's clock minus the host's, compared on contact. */
  readonly skewMs?: number;
  readonly allowUnproven: boolean;
  readonly clock: { readonly holdUnsynchronised: boolean; readonly noteMs: number; readonly holdMs: number };
  /** Identifier of the observation to be made (UUIDv7), and of its group. */
  readonly id: string;
  readonly group: string;
}

/** An observation that nobody has been asked about yet: its standing knows everything but the patient. */
export type Unbound = Omit<Observation, "binding">;

/** Gives a finding its meaning, or says why it has none: unknown channels, units and values are held, never guessed. */
export type Normalize = (finding: Finding, circumstances: Circumstances) => Unbound;

/** One finding by itself. Whether those taken with it hold it back is decided over the report: see `normalizeReport`. */
export const normalize: Normalize = (finding, circumstances) => {
  const { profile, device, session, received, clock, id, group } = circumstances;
  const channel = own(profile.channels, finding.channel);
  const { value, hold } = meaningOf(finding.value, finding.unit, channel);
  const { times, doubtful } = measuredTimes(finding, circumstances);

  const reasons: HoldReason[] = [];
  if (channel === undefined) reasons.push("unmapped-channel");
  if (hold !== undefined) reasons.push(hold);
  if (profile.evidence === "manual" && !circumstances.allowUnproven) reasons.push("unproven-profile");
  if (doubtful) reasons.push("device-clock");
  if (received.quality === "unsynchronised" && clock.holdUnsynchronised) reasons.push("host-clock");
  if (finding.kind !== "patient") reasons.push(finding.kind);

  return {
    id,
    sourceKey: sourceKeyOf(finding, device, received, id),
    code: codeOf(finding.channel, channel, value),
    value,
    group,
    kind: finding.kind,
    times,
    device,
    ...(finding.reported !== undefined && { reported: finding.reported }),
    standing: standingFor(reasons),
    evidence: { session, from: finding.span.from, to: finding.span.to },
    status: finding.status ?? "final",
    flags: finding.flags ?? [],
  };
};

function codeOf(name: string, channel: Channel | undefined, value: Value): Code {
  if (channel === undefined) return { channel: name, display: name };
  const byUnit = value.kind === "quantity" ? own(channel.loincByUnit ?? {}, value.unit) : undefined;
  const loinc = byUnit ?? channel.loinc;
  const display = channel.display ?? (loinc === undefined ? undefined : entryOf(loincCodes, loinc)?.display) ?? name;
  return {
    channel: name,
    ...(loinc !== undefined && { loinc }),
    ...(channel.mdc !== undefined && { mdc: channel.mdc }),
    display,
  };
}
