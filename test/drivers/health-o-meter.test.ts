import { describe, expect, it } from "vitest";
import { driver } from "../../drivers/health-o-meter/driver.ts";
import { type Answer, replay } from "../../src/driver-kit/replay.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";

const options = driver.options.parse({ format: "esc" });

function packet(weight: string, height = "0.0"): Uint8Array {
  return bytesOf(`\x1bR\x1bI0000000000\x1bW${weight}\x1bH${height}\x1bB0.0\x1bT0.0\x1bNm\x1bE`);
}

/** The texts that are read from packets a second apart; a number is a pause of so many seconds. */
function read(
  steps: readonly (Uint8Array | number)[],
  answer: Answer | ((receipt: number) => Answer) = "stored",
): readonly (string | undefined)[] {
  let ms = 0;
  const lines = steps.flatMap((step) => {
    ms += typeof step === "number" ? step * 1000 : 1000;
    return typeof step === "number" ? [] : [{ ms, in: step }];
  });
  return replay(driver.session(options), [...lines, { ms: ms + 60_000, event: "end" }], { answer }).findings.map(
    ({ value }) => value.text,
  );
}

describe("a Health o meter session", () => {
  it("reports a weight that stays once, and again only when the stream had stopped", () => {
    const stays = [packet("72.5"), packet("72.5"), packet("72.5"), packet("72.5")];
    expect(read([...stays, ...stays])).toEqual(["72.5"]);
    expect(read([...stays, 1, ...stays])).toEqual(["72.5"]);
    expect(read([...stays, 3, ...stays])).toEqual(["72.5", "72.5"]);
  });

  it("does not let noise keep a stream alive", () => {
    const stays = [packet("72.5"), packet("72.5"), packet("72.5")];
    const noise = Array.from({ length: 8 }, () => bytesOf("\xff\x00"));
    expect(read([...stays, ...noise, ...stays])).toEqual(["72.5", "72.5"]);
  });

  it("reports another weight only when it has settled, and the first again when it has come back", () => {
    const steady = (weight: string) => [packet(weight), packet(weight), packet(weight)];
    expect(read([...steady("72.5"), packet("72.6"), ...steady("72.5")])).toEqual(["72.5"]);
    expect(read([...steady("72.5"), ...steady("72.6"), ...steady("72.5")])).toEqual(["72.5", "72.6", "72.5"]);
  });

  it("lets an unsteady height delay no weight, and gives it when it is steady", () => {
    const heights = ["170.1", "175.0", "17.0", "175.0", "175.0", "175.0"].map((height) => packet("72.5", height));
    expect(read(heights)).toEqual(["72.5", "175.0"]);
  });

  it("offers a weight that could not be stored again as it was, and never reads the same one anew", () => {
    const lines = Array.from({ length: 6 }, (_, i) => ({ ms: i * 1000, in: packet("72.5") }));
    const answer = (receipt: number) => (receipt < 3 ? "refused" : "stored");
    const { findings } = replay(driver.session(options), lines, { answer });
    const length = packet("72.5").length;
    expect(findings.map(({ span }) => span)).toEqual(Array(3).fill({ from: 2 * length, to: 3 * length }));
  });
});
