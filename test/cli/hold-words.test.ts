import { expect, test } from "vitest";
import { standingLines } from "../../src/cli/commands/readings.ts";

test("each reason for holding is told with its meaning and the next step, and an unchecked identifier as such", () => {
  const subject = { kind: "specimen", specimen: "X" } as const;
  const since = "2026-11-23T14:10:00.000Z";
  const binding = { subject, since, method: "person", asTyped: true, verified: false } as const;
  expect(
    standingLines({ binding, standing: { state: "held", reasons: ["implausible", "maybe-repeated", "by-person"] } }),
  ).toEqual([
    "  as typed: the place's barcode rules do not fit the identifier",
    "  held for implausible: outside the profile's range or decimals. Next: readings release --accept implausible (or attach)",
    "  held for maybe-repeated: the same value as before the cable was out: shown again, or measured again? Next: readings release --accept maybe-repeated, or discard",
    "  held for by-person: somebody held it. Next: readings release",
  ]);
  expect(standingLines({ standing: { state: "ready" } })).toEqual([]);
});
