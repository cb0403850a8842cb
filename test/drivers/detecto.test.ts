import { describe, expect, it } from "vitest";
import { decode } from "../../drivers/detecto/reply.ts";

const read = (height: string) => {
  const said = decode(`12:00,08/07/15,0.0,${height},132.3lb`);
  return said.is === "load" ? said.measured.slice(1).map(({ value, unit }) => `${value.text} ${unit}`) : said.is;
};

describe("a reply of a Detecto solo", () => {
  it("says feet and inches as inches, to the tenth", () => {
    expect(read(`5'03.0"`)).toEqual(["63.0 ft-in"]);
    expect(read(`6'11.5"`)).toEqual(["83.5 ft-in"]);
    expect(read("175.0cm")).toEqual(["175.0 cm"]);
  });

  it("leaves out a height that is none, and keeps the weight", () => {
    for (const height of ["", "0.0", `0'00.0"`, `5'12.0"`, "175.0"]) expect(read(height)).toEqual([]);
  });

  it("is refused without time, date or unit", () => {
    expect(decode(`08/07/15,21.5,5'03.0",132.3lb`).is).toBe("malformed");
    expect(decode(`12:00,08/07/15,21.5,5'03.0",132.3`).is).toBe("malformed");
  });
});
