import { describe, expect, it } from "vitest";
import { decode } from "../../drivers/sma/reply.ts";

const read = (reply: string) => {
  const said = decode(reply);
  if (said.is !== "load") return said.is;
  return said.measured.map(({ value, unit, flags }) => [value.text, unit, ...(flags ?? [])].join(" ")).join();
};

describe("an SMA reply", () => {
  it("is read whatever blanks fill its fields", () => {
    for (const reply of [
      "\n 1G       184.5lb \r",
      "\n1G 184.5 lb\r",
      "\n 1G   184.5    lb\r",
      "\n 1G x     184.5 lb\r",
    ])
      expect(read(reply)).toBe("184.5 lb");
    expect(read("\n 1N        72.50kg \r")).toBe("72.50 kg net");
  });

  it("is no reading in motion, at zero, below zero, or of a tare", () => {
    expect(read("\n 1GM      184.5lb \r")).toBe("unsettled");
    expect(read("\nZ1G         0.0lb \r")).toBe("unsettled");
    expect(read("\nU1G        -0.5lb \r")).toBe("unsettled");
    expect(read("\n 1N        -2.5lb \r")).toBe("unsettled");
    expect(read("\n 1T         2.0lb \r")).toBe("aside");
  });

  it("is refused without a unit that is one", () => {
    expect(read("\n 1G       184.5   \r")).toBe("malformed");
    expect(read("\n 1G       184.5st \r")).toBe("malformed");
  });
});
