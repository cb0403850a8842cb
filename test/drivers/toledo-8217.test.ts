import { describe, expect, it } from "vitest";
import { decode } from "../../drivers/toledo-8217/reply.ts";

describe("a Toledo 8217 reply", () => {
  it("has the digits of the unit that the scale is set to, or is refused", () => {
    expect(decode("\x0201.235\r", "kg").is).toBe("load");
    expect(decode("\x0201.23\r", "kg").is).toBe("malformed");
    expect(decode("\x0201.23\r", "lb").is).toBe("load");
    expect(decode("\x0201.235\r", "lb").is).toBe("malformed");
  });

  it("tells motion and an empty scale from a load beyond the scale", () => {
    expect(decode("\x02?A\r", "kg").is).toBe("unsettled");
    expect(decode("\x02?C\r", "kg").is).toBe("unsettled");
    expect(decode("\x02?P\r", "kg").is).toBe("unsettled");
    expect(decode("\x02?B\r", "kg")).toMatchObject({ is: "load", measured: [{ value: { kind: "absent" } }] });
    expect(decode("\x02?\x01\r", "kg").is).toBe("malformed");
  });
});
