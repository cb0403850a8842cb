import type { DiscardReason } from "../driver-kit/contract.ts";

/** Why bytes of a recording gave no reading, for whoever looks at it. */
export const discardMeaning: Readonly<Record<DiscardReason, string>> = {
  noise: "these bytes begin nothing that this profile knows: another instrument, other line settings, or line noise",
  "too-long": "it began like a message, and no end came within the longest that there is",
  cut: "it began like a message, and something else or silence came before its end",
  checksum: "its checksum does not fit: a byte was changed or lost on the way",
  malformed: "it has the form of a message, and a field that this protocol does not allow",
  duplicate: "the same as was read before, said again",
  unsolicited: "an answer to a question that was not asked in this recording",
  "not-a-reading":
    "sound, and no reading: it moves, nothing is on it, it says something else, or it was not yet said often enough in a row (the driver's README tells how often)",
};
