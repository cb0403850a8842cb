import { describe, expect, it } from "vitest";
import { decode } from "../../drivers/tanita/result.ts";
import { hex, sum8 } from "../../src/driver-kit/checksums.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";

const line = (body: string) => `{0,16,${body}CS,${hex(sum8(bytesOf(`{0,16,${body}`)), 2)}`;
const units = (body: string) => {
  const said = decode(line(body));
  return said.is === "load" ? said.measured.map(({ unit }) => unit) : said.is;
};

describe("a Tanita line", () => {
  it("gives a weight the unit system of the control keys, and says where they disagree", () => {
    expect(units("~0,1,Wk,64.0,")).toEqual(["1"]);
    expect(units("~0,3,~1,3,~2,3,~3,4,Wk,206.2,Hm,73.0,")).toEqual(["3", "3"]);
    expect(units("~0,3,~1,1,Wk,206.2,")).toEqual(["3/1"]);
    expect(units("Wk,64.0,")).toBe("malformed");
  });

  it("is refused with another sum, without one, and with a key twice", () => {
    expect(decode(line("~0,1,Wk,64.0,").replace("64.0", "65.0"))).toEqual({ is: "checksum" });
    expect(decode("{0,16,~0,1,Wk,64.0").is).toBe("malformed");
    expect(units("~0,1,Wk,64.0,Wk,65.0,")).toBe("malformed");
  });

  it("is found behind what the scale sent before it", () => {
    expect(decode(`\x00~{0,16,~0,1,Wk,6${line("~0,1,Wk,64.0,")}}`)).toMatchObject({
      is: "load",
      measured: [{ value: { text: "64.0" } }],
    });
  });

  it("leaves out what is zero, and is no reading where the weight is", () => {
    expect(units("~0,1,Hm,0.0,Wk,64.0,FW,0.0,")).toEqual(["1"]);
    expect(units("~0,1,Wk,0.0,")).toBe("unsettled");
  });
});
