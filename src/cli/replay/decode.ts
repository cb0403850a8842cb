import { randomBytes } from "node:crypto";
import type { Profile } from "../../config/profile.ts";
import type { CaptureLine } from "../../driver-kit/capture.ts";
import type { Action, Driver, Finding, Scan, Span } from "../../driver-kit/contract.ts";
import { replay } from "../../driver-kit/replay.ts";
import type { DeviceIdentity } from "../../model/device.ts";
import { uuidv7 } from "../../model/ids.ts";
import type { HostTime } from "../../model/times.ts";
import type { Unbound } from "../../normalize/normalize.ts";
import { normalizeReport } from "../../normalize/report.ts";

/** One thing that a driver made of a capture, `ms` after its beginning. */
export type Decoded =
  | { readonly type: "reading"; readonly ms: number; readonly finding: Finding; readonly observation?: Unbound }
  | { readonly type: "scan"; readonly ms: number; readonly scan: Scan }
  | { readonly type: "identity"; readonly ms: number; readonly identity: DeviceIdentity }
  | {
      readonly type: "discard";
      readonly ms: number;
      readonly span: Span;
      readonly reason: Discard["reason"];
      readonly detail?: string;
      readonly bytes: Uint8Array;
    };

type Discard = Extract<Action, { do: "discard" }>;

export interface Setting {
  readonly driver: Driver;
  readonly profile: Profile;
  readonly timezone: string;
  /** When the capture began. */
  readonly opened: number;
  readonly allowUnproven: boolean;
}

/** Plays a capture to a new session, as a gateway with the factory's settings would, and gives findings their meaning. */
export function decode(lines: readonly CaptureLine[], setting: Setting): readonly Decoded[] {
  const { driver, profile } = setting;
  const input = lines.flatMap((line) => ("in" in line ? [line.in] : []));
  const stream = Buffer.concat(input);
  const { steps } = replay(driver.session(driver.options.parse(profile.options)), lines);
  let identity: DeviceIdentity = {};
  return steps.flatMap((step): readonly Decoded[] => {
    if (!("action" in step)) return [];
    const { ms, action } = step;
    switch (action.do) {
      case "report":
        return readings(action.findings, identity, ms, setting);
      case "scan":
        return [{ type: "scan", ms, scan: action.scan }];
      case "identify":
        identity = { ...identity, ...action.identity };
        return [{ type: "identity", ms, identity: action.identity }];
      case "discard": {
        const { span, reason, detail } = action;
        const bytes = stream.subarray(span.from, span.to);
        return [{ type: "discard", ms, span, reason, ...(detail !== undefined && { detail }), bytes }];
      }
      case "write":
      case "wake":
        return [];
      default:
        return action satisfies never;
    }
  });
}

function readings(
  findings: readonly Finding[],
  identity: DeviceIdentity,
  ms: number,
  setting: Setting,
): readonly Decoded[] {
  const { profile, driver, timezone, opened, allowUnproven } = setting;
  const at = opened + ms;
  const received: HostTime = {
    wall: new Date(at).toISOString(),
    monotonicMs: ms,
    boot: "replay",
    quality: "synchronised",
  };
  const { clock: _clock, battery: _battery, ...said } = identity;
  const observations = normalizeReport(
    findings,
    {
      profile,
      device: {
        ...said,
        device: "replay",
        place: "replay",
        profile: `${profile.id}@${profile.version}`,
        driver: `${driver.id}@${driver.version}`,
      },
      session: "replay",
      received,
      timezone,
      allowUnproven,
      clock: { holdUnsynchronised: false, noteMs: 120_000, holdMs: 900_000 },
    },
    () => uuidv7(at, randomBytes(10)),
  );
  // A channel that the profile ignores makes no observation; the others keep their order.
  let next = 0;
  return findings.map((finding) => {
    const observation = profile.ignore.includes(finding.channel) ? undefined : observations[next++];
    return { type: "reading", ms, finding, ...(observation !== undefined && { observation }) };
  });
}
