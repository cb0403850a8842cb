import { expect, it } from "vitest";
import { driver } from "../../drivers/sd-codefree/driver.ts";
import { decodeReply, replies, replyFramer, requests } from "../../drivers/sd-codefree/packets.ts";
import { collect, VirtualTime } from "../../src/driver-kit/replay.ts";

const bytes = (text: string) => Uint8Array.from(text.split(" ").map((digits) => Number.parseInt(digits, 16)));
const count68 = bytes("53 20 18 30 00 44 AA AA AA AA AA AA AA AA AA AA AA AA AA AA AA AA AA AA AA DE AA");

it("The packets of a CodeFree that are printed are read and written as they stand", () => {
  expect(replies.hello).toEqual(bytes("53 20 04 10 30 20 AA"));
  expect(requests.answer).toEqual(bytes("53 10 04 10 40 50 AA"));
  expect(requests.next).toEqual(bytes("53 10 04 10 60 70 AA"));
  const [piece] = replyFramer().push(count68);
  expect(piece?.is === "frame" && decodeReply(piece.bytes)).toEqual({ is: "count", count: 68 });
  expect(replies.count(68)).toEqual(count68);
});

it("Nothing is sent to a CodeFree before it greets, however long that takes, and each greeting is answered", () => {
  const time = new VirtualTime(driver.session({}), "stored");
  time.give({ on: "open" });
  time.advance(86_400_000);
  expect(collect(time.steps).writes).toHaveLength(0);
  time.give({ on: "data", bytes: replies.hello });
  expect(collect(time.steps).writes).toEqual(requests.answer);
});

it("A CodeFree that is switched off and on in the middle of its memory is read from the beginning", () => {
  const time = new VirtualTime(driver.session({}), "stored");
  time.give({ on: "open" });
  time.give({ on: "data", bytes: replies.hello });
  time.give({ on: "data", bytes: count68 });
  time.advance(1000);
  const before = collect(time.steps).writes.length;
  time.give({ on: "data", bytes: replies.hello });
  expect(collect(time.steps).writes.subarray(before)).toEqual(requests.answer);
});
