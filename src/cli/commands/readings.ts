import type { StoredObservation } from "../../journal/journal.ts";
import type { Observation } from "../../model/observation.ts";
import { heldReasons } from "../../model/standing.ts";
import { type Call, command, exit, jsonOption, type OptionValues, socketOption, UsageError } from "../command.ts";
import { type Asked, ask } from "../control-client.ts";
import { gatewayCommand, socketPath } from "../gateway-command.ts";
import { holdWords } from "../hold-words.ts";
import type { Column, Output } from "../output.ts";
import { deliveryWords, timeWords, valueWords, whoseWords } from "../words.ts";

const options = {
  held: { type: "boolean", help: "only readings that are held" },
  place: { type: "string", value: "PLACE", help: "only readings of this place" },
  limit: { type: "string", value: "N", help: "how many, newest last (default 100, at most 1000)" },
  patient: {
    type: "string",
    value: "ID",
    help: "attach, move: the patient's identifier, as scanned or without the prefix of its barcode",
  },
  specimen: { type: "string", value: "ID", help: "attach, move: the specimen's identifier, in place of a patient" },
  authority: { type: "string", value: "NAME", help: "who issued the identifier, if not the site's usual authority" },
  "as-typed": {
    type: "boolean",
    help: "attach, move: take the identifier though the place's barcode rules do not fit it",
  },
  accept: {
    type: "string",
    value: "DOUBT",
    multiple: true,
    help: "attach, release: set this doubt aside (implausible, maybe-repeated, device-clock, host-clock, unproven-profile)",
  },
  by: { type: "string", value: "NAME", help: "who does it; needed for every change" },
  reason: { type: "string", value: "TEXT", help: "why; needed for hold, release, move and discard" },
  json: jsonOption,
  socket: socketOption,
} as const;

const actions = ["list", "show", "attach", "release", "hold", "move", "discard"];

type Values = OptionValues<typeof options>;

/** What was read, whose it is, and what became of it; and a person's decisions about it. */
export const readings = command({
  name: "readings",
  summary: "what was read, whose it is, and whether it arrived",
  usage: "[list | show ID… | attach ID… | release ID… | hold ID… | move ID… | discard ID…]",
  about: [
    "An id is written in full, as the listing shows it: readings of one minute begin alike.",
    "A reading that is measured with others (systolic, diastolic, mean) is changed together with them.",
    "attach gives a held reading to a patient or specimen and sends it; release sends one that is held for a doubt;",
    "hold stops one that was not sent yet; move withdraws one from a wrong patient and files it under the right one;",
    "discard refuses a held one for good. Every change is kept in the journal with the name given.",
    "",
    "The identifier is held against the barcode rules of the reading's place, as a scan is: prefix, pattern, length, check",
    "digit. One that does not fit is refused, for a typing error would file the reading under somebody else; --as-typed",
    "takes it all the same, and is kept in the journal.",
  ].join("\n"),
  options,
  words: [0, 201],
  examples: [
    ["vitalwire readings --held", "readings that wait for a person"],
    ["vitalwire readings show 0192f0c1-7d3a-7b1c-8e55-1f0c6a2b9d34", "everything about one"],
    [
      "vitalwire readings attach 0192f0c1-7d3a-7b1c-8e55-1f0c6a2b9d34 --patient 00123456 --by 'N. Okafor'",
      "this reading is that patient's",
    ],
    [
      "vitalwire readings move 0192f0c1-7d3a-7b1c-8e55-1f0c6a2b9d34 --patient 00123457 --by 'N. Okafor' --reason 'wrong band'",
      "mend a mix-up",
    ],
  ],
  exits: [exit.found, exit.absent],
  run: (call) => gatewayCommand(call, () => act(call)),
});

async function act(call: Call<typeof options>): Promise<0 | 1> {
  const [verb = "list", ...ids] = call.words;
  const { values, output } = call;
  const socket = socketPath(values, call.around);
  if (verb === "list") {
    const rows = await collect(socket, {
      do: "readings",
      limit: count(values.limit),
      ...(values.held ? { standing: "held" as const } : {}),
      ...(values.place === undefined ? {} : { place: values.place }),
    });
    output.list(columns, rows, values.held ? "No reading is held." : "No readings yet.");
    return exit.ok;
  }
  knownAction(verb, actions);
  if (ids.length === 0) throw new UsageError(`${verb} needs the id of a reading.`);
  if (verb === "show") {
    const rows = await collect(socket, { do: "readings", limit: ids.length, ids });
    for (const row of rows) {
      output.record(row, JSON.stringify(row, undefined, 2));
      for (const line of standingLines(row.observation)) output.say(line);
    }
    return known(
      output,
      ids,
      rows.map((row) => row.observation.id),
    );
  }
  const changed = new Map<string, string>();
  for await (const row of ask(socket, change(verb, ids, values))) {
    const { id, now } = row as { id: string; now: string };
    changed.set(id, now);
  }
  const after = new Map<string, Observation>();
  // What one may ask for at once is bounded; those taken together may be more than were named.
  const all = [...changed.keys()];
  for (let at = 0; at < all.length; at += 200) {
    const part = all.slice(at, at + 200);
    const rows = await collect(socket, { do: "readings", limit: part.length, ids: part });
    for (const { observation } of rows) after.set(observation.id, observation);
  }
  for (const [id, now] of changed) {
    const observation = after.get(id);
    const filed = observation === undefined ? "" : `, ${whoseWords(observation)}`;
    output.record({ id, now }, `${id}  ${now}${filed}`);
    for (const line of observation === undefined ? [] : standingLines(observation)) output.say(line);
  }
  return exit.ok;
}

/** Refuses an action that there is not, before anything else is asked of the command line. */
export function knownAction(verb: string, actions: readonly string[]): void {
  if (!actions.includes(verb)) throw new UsageError(`There is no action “${verb}”; there are ${actions.join(", ")}.`);
}

/** Says which ids nothing was found for. */
export function known(output: Output, asked: readonly string[], found: readonly string[]): 0 | 1 {
  const missing = asked.filter((id) => !found.includes(id));
  if (missing.length === 0) return exit.ok;
  output.problem({ code: "NOT_FOUND", detail: missing.join("\n") });
  return exit.found;
}

function change(verb: string, ids: readonly string[], values: Values): Asked {
  const by = values.by;
  if (by === undefined) throw new UsageError(`${verb} needs --by with the name of the person who decides.`);
  const accept = (values.accept ?? []) as (
    | "implausible"
    | "maybe-repeated"
    | "device-clock"
    | "host-clock"
    | "unproven-profile"
  )[];
  const some = { ids: [...ids], by };
  switch (verb) {
    case "hold":
      return { do: "hold", ...some, reason: reason(verb, values) };
    case "attach":
      return {
        do: "attach",
        ...some,
        accept,
        ...whom(verb, values),
        ...(values.reason === undefined ? {} : { reason: values.reason }),
      };
    case "release":
      return { do: "release", ...some, accept, reason: reason(verb, values) };
    case "move":
      return { do: "move", ...some, ...whom(verb, values), reason: reason(verb, values) };
    case "discard":
      return { do: "discard", ...some, reason: reason(verb, values) };
    default:
      throw new Error(`${verb} is in the list of actions, and nothing does it`);
  }
}

function reason(verb: string, values: Values): string {
  if (values.reason === undefined) throw new UsageError(`${verb} needs --reason.`);
  return values.reason;
}

function whom(verb: string, values: Values): Pick<Extract<Asked, { do: "attach" }>, "subject" | "asTyped"> {
  return { subject: subject(verb, values), ...(values["as-typed"] ? { asTyped: true } : {}) };
}

function subject(verb: string, values: Values): Extract<Asked, { do: "attach" }>["subject"] {
  if ((values.patient === undefined) === (values.specimen === undefined)) {
    throw new UsageError(`${verb} needs --patient or --specimen, one of the two.`);
  }
  if (values.specimen !== undefined) return { specimen: values.specimen };
  const authority = values.authority === undefined ? {} : { authority: values.authority };
  return { patient: values.patient ?? "", ...authority };
}

async function collect(socket: string, request: Asked): Promise<readonly StoredObservation[]> {
  const rows: StoredObservation[] = [];
  for await (const row of ask(socket, request)) rows.push(row as StoredObservation);
  return rows;
}

export function count(text: string | undefined): number {
  if (text === undefined) return 100;
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1 || n > 1000) throw new UsageError("--limit takes a whole number from 1 to 1000.");
  return n;
}

const columns: readonly Column<StoredObservation>[] = [
  { head: "id", cell: (r) => r.observation.id },
  { head: "measured", cell: (r) => timeWords(r.observation.times.measured) },
  { head: "place", cell: (r) => r.observation.device.place },
  { head: "device", cell: (r) => r.observation.device.device },
  { head: "what", cell: (r) => r.observation.code.display },
  { head: "value", cell: (r) => valueWords(r.observation.value), align: "right" },
  { head: "whose", cell: (r) => whoseWords(r.observation) },
  {
    head: "state",
    cell: (r) => (r.observation.standing.state === "ready" ? deliveryWords(r.deliveries) : standingWords(r)),
    tone: (r) => (r.observation.standing.state === "held" ? "warn" : "plain"),
  },
];

/** Why it is held, with what is to be done, and whether its identifier was taken unchecked. */
export function standingLines({ standing, binding }: Pick<Observation, "standing" | "binding">): readonly string[] {
  const typed = binding?.asTyped === true ? ["  as typed: the place's barcode rules do not fit the identifier"] : [];
  return [...typed, ...heldReasons(standing).map((reason) => `  held for ${holdWords(reason)}`)];
}

function standingWords({ observation: { standing } }: StoredObservation): string {
  return standing.state === "held" ? `held: ${standing.reasons.join(", ")}` : standing.state;
}
