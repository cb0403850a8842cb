import type { HoldReason } from "../model/observation.ts";

const mendProfile = "mend the profile; it is not sent as a guess";
const neverAPatients = "nothing: it never reaches a patient";

/**
 * What a reason for holding means, and what a person can do about it; what is typed stands in backticks. The README's
 * table is made of these.
 */
export const holdMeaning: Readonly<Record<HoldReason, readonly [means: string, next: string]>> = {
  "no-patient": ["nobody was scanned in that place at that time", "`readings attach`"],
  "outside-association": ["it was measured before the scan, or its clock cannot tell", "`readings attach`"],
  "unknown-patient": [
    "nothing has confirmed the scanned identifier",
    "`readings attach`, or `unverified: allow` for the place",
  ],
  "conflicting-identifiers": ["the instrument names another patient than the scan", "`readings attach`"],
  "unmapped-channel": ["the profile does not know this channel", mendProfile],
  "unmapped-unit": ["the profile does not know this unit", mendProfile],
  "unmapped-value": ["the profile does not know this value", mendProfile],
  implausible: ["outside the profile's range or decimals", "`readings release --accept implausible` (or `attach`)"],
  "maybe-repeated": [
    "the same value as before the cable was out, or an equal result without any time: shown or sent again, or measured again?",
    "`readings release --accept maybe-repeated`, or `discard`",
  ],
  "unproven-profile": [
    "the profile rests on a manual's text alone",
    "`readings release --accept unproven-profile`, or `allowUnproven: true` for the device",
  ],
  "device-clock": [
    "the instrument's clock is far off, its date impossible, or it was never compared with this box's, so that a scan cannot tell whose it is",
    "set its clock; where the instrument names the tube, `trustInstrumentIds: true` for the place; `readings release --accept device-clock`",
  ],
  "host-clock": [
    "this box's own clock was not synchronised yet",
    "wait: it is sent once the clock is; after a restart of the box `readings release --accept host-clock`",
  ],
  control: ["a quality control measurement", neverAPatients],
  demo: ["a demonstration measurement", neverAPatients],
  "by-person": ["somebody held it", "`readings release`"],
};

/** `implausible: outside the profile's range or decimals. Next: readings release --accept implausible (or attach)` */
export function holdWords(reason: HoldReason): string {
  const [means, next] = holdMeaning[reason];
  return `${reason}: ${means}${means.endsWith("?") ? "" : "."} Next: ${next.replaceAll("`", "")}`;
}
