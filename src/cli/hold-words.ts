import type { HoldReason } from "../model/observation.ts";

/** What a reason for holding means, and what a person can do about it: as the README's table says it. */
const words: Readonly<Record<HoldReason, readonly [means: string, next: string]>> = {
  "no-patient": ["nobody was scanned in that place at that time", "readings attach"],
  "outside-association": ["it was measured before the scan, or its clock cannot tell", "readings attach"],
  "unknown-patient": ["nothing has confirmed the scanned identifier", "readings attach"],
  "conflicting-identifiers": ["the instrument names another patient than the scan", "readings attach"],
  "unmapped-channel": ["the profile does not know this channel", "mend the profile; it is not sent as a guess"],
  "unmapped-unit": ["the profile does not know this unit", "mend the profile; it is not sent as a guess"],
  "unmapped-value": ["the profile does not know this value", "mend the profile; it is not sent as a guess"],
  implausible: ["outside the profile's range or decimals", "readings release --accept implausible"],
  "maybe-repeated": [
    "the same value as before the cable was out, or an equal result without any time",
    "readings release --accept maybe-repeated, or discard",
  ],
  "unproven-profile": ["the profile rests on a manual's text alone", "readings release --accept unproven-profile"],
  "device-clock": ["the instrument's clock is far off", "set its clock; readings release --accept device-clock"],
  "host-clock": ["this box's own clock was not synchronised", "readings release --accept host-clock"],
  control: ["a quality control measurement", "nothing: it never reaches a patient"],
  demo: ["a demonstration measurement", "nothing: it never reaches a patient"],
  "by-person": ["somebody held it", "readings release"],
};

/** `implausible: outside the profile's range or decimals. Next: readings release --accept implausible` */
export function holdWords(reason: HoldReason): string {
  const [means, next] = words[reason];
  return `${reason}: ${means}. Next: ${next}`;
}
