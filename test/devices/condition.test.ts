import { describe, expect, it } from "vitest";
import type { Device } from "../../src/config/site.ts";
import { Condition } from "../../src/devices/condition.ts";

const device = { id: "meter", place: "room-4" } as Device;

describe("what is known of an instrument", () => {
  const known = () => {
    const condition = new Condition(device, () => {});
    condition.connected("a port", "a-profile");
    condition.identified({ manufacturer: "Maker", model: "A", serial: "1" }, 60_000);
    return condition;
  };

  it("is gathered from all that it says", () => {
    const condition = known();
    condition.identified({ firmware: "2.0" }, undefined);
    expect(condition.identity).toEqual({ manufacturer: "Maker", model: "A", serial: "1", firmware: "2.0" });
    expect(condition.skewMs).toBe(60_000);
  });

  it.each([{ model: "B" }, { manufacturer: "Another" }, { serial: "2" }])(
    "is nothing to another one, %o",
    (identity) => {
      const condition = known();
      condition.identified(identity, undefined);
      expect(condition.identity).toEqual(identity);
      expect(condition.skewMs).toBeUndefined();
    },
  );
});
