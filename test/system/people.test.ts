import { join } from "node:path";
import { expect, test } from "vitest";
import { openClinic } from "../kit/clinic.ts";
import { closingWithTest } from "../kit/closing.ts";
import { allSettled, vitalwire } from "../kit/gateway.ts";
import { hl7Sink, openRoom, weighing } from "../kit/room.ts";
import { until } from "../kit/until.ts";

/** A room one of whose readings the clinic has, under the patient 00123456; and the commands that a person types. */
async function openPeople() {
  const closing = closingWithTest();
  const clinic = await openClinic();
  closing(() => clinic.close());
  const room = await openRoom(closing, { sinks: [hl7Sink("ehr", clinic)] });
  await room.scan("00123456");
  room.scale.write(weighing("61.0"));
  const [reading] = await room.stored(1);
  await until(() => clinic.filed().length === 1);
  await until(() => allSettled(room.gateway));
  const socket = join(room.folder, "control.sock");
  const say = (...words: readonly string[]) => vitalwire(...words, "--socket", socket);
  const move = (...words: readonly string[]) =>
    say("readings", "move", reading?.observation.id ?? "", "--by", "N. Okafor", "--reason", "wrong band", ...words);
  return { clinic, room, say, move };
}

test("a mistyped identifier moves nothing; the right one does, and each message is told by what it is", async () => {
  const { clinic, room, say, move } = await openPeople();
  const mistyped = await move("--patient", "0012345");
  expect(mistyped).toMatchObject({ code: 1, out: "", err: expect.stringContaining("IDENTIFIER_REFUSED") });
  expect(mistyped.err).not.toContain("0012345");
  expect((await room.gateway.deliveries()).length).toBe(1);

  expect(await move("--patient", "P00123457")).toMatchObject({ code: 0, err: "" });
  await until(() => clinic.filed().length === 3);
  await until(() => allSettled(room.gateway));
  expect(clinic.filed().map(({ whose, status }) => `${whose} ${status}`)).toEqual([
    "patient 00123456 F",
    "patient 00123456 W",
    "patient 00123457 F",
  ]);

  const listed = await say("readings");
  expect(listed.out).toContain("ehr result accepted, ehr withdrawal accepted, ehr result accepted");
  expect(listed.out).toContain("patient 00123457");
  const [row] = (await say("readings", "--json")).out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(row.deliveries.map(({ purpose }: { purpose: string }) => purpose)).toEqual(["result", "withdrawal", "result"]);
  const table = (await say("deliveries")).out.trim().split("\n").slice(1);
  expect(table.map((line) => /\b(result|withdrawal) +1 +(\w+)/.exec(line)?.slice(1))).toEqual([
    ["result", "delivered"],
    ["withdrawal", "delivered"],
    ["result", "delivered"],
  ]);
});

test("an identifier taken as typed is kept in the journal as such", async () => {
  const { room, say, move } = await openPeople();
  const moved = await move("--patient", "VISITOR-1", "--as-typed");
  expect(moved).toMatchObject({ code: 0, out: expect.stringMatching(/ {2}ready, patient VISITOR-1\n/) });
  const [id = ""] = moved.out.split(" ");
  expect((await say("readings", "show", id)).out).toContain("as typed: the place's barcode rules do not fit");
  const [event] = (await room.gateway.events()).filter(({ type }) => type === "reading-move");
  expect(event).toMatchObject({ by: "N. Okafor", data: { asTyped: true, subject: { patient: { id: "VISITOR-1" } } } });
});

test("a place or a destination that there is not is an error that names those that there are", async () => {
  const { say } = await openPeople();
  const place = await say("readings", "--place", "room-5");
  expect(place).toMatchObject({ code: 1, out: "", err: expect.stringContaining("NOT_FOUND") });
  expect(place.err).toContain("There is no place “room-5”; there are room-4, bench-1.");
  expect((await say("deliveries", "--sink", "lab")).err).toContain("There is no destination “lab”; there is ehr.");
  expect(await say("readings", "--place", "bench-1")).toMatchObject({ code: 0, out: "No readings yet.\n" });
  expect(await say("deliveries", "--sink", "ehr", "--state", "rejected")).toMatchObject({ code: 0 });
});
