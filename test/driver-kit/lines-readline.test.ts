import { ReadlineParser } from "@serialport/parser-readline";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lines } from "../../src/driver-kit/framers/lines.ts";

/** What an independent reader of lines makes of the same bytes: the parser that comes with serialport. */
async function readline(chunks: readonly Uint8Array[], delimiter: string): Promise<readonly string[]> {
  const parser = new ReadlineParser({ delimiter, encoding: "latin1" });
  const seen: string[] = [];
  parser.on("data", (line: string) => seen.push(line));
  // It is not ended: at the end of a stream it would pass an unfinished line off as a line.
  for (const chunk of chunks) await new Promise((done) => parser.write(chunk, done));
  return seen;
}

function ours(chunks: readonly Uint8Array[], delimiter: string): readonly string[] {
  const framer = lines({ ends: [delimiter], bound: 4096 });
  return chunks
    .flatMap((chunk) => framer.push(chunk))
    .flatMap((piece) => (piece.is === "frame" ? [Buffer.from(piece.bytes).toString("latin1")] : []));
}

describe("Lines", () => {
  const text = fc.array(fc.constantFrom(..."ST,+72.5 kg\r\n\u00b5"), { maxLength: 200 }).map((c) => c.join(""));

  for (const delimiter of ["\r", "\n", "\r\n"]) {
    it(`ended by ${JSON.stringify(delimiter)} are those that serialport's own reader finds, in any chunks`, async () => {
      await fc.assert(
        fc.asyncProperty(text, fc.array(fc.integer({ min: 1, max: 20 })), async (content, sizes) => {
          const bytes = Buffer.from(content, "latin1");
          const chunks: Uint8Array[] = [];
          let at = 0;
          for (const size of [...sizes, bytes.length]) {
            if (at < bytes.length) chunks.push(bytes.subarray(at, at + size));
            at += size;
          }
          // The other reader leaves empty lines out.
          const found = ours(chunks, delimiter).filter((line) => line !== "");
          expect(found).toEqual((await readline(chunks, delimiter)).filter((line) => line !== ""));
        }),
      );
    });
  }
});
