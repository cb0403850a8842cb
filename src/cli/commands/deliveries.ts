import type { DeliveryState, StoredDelivery } from "../../journal/journal.ts";
import { type Call, command, exit, jsonOption, socketOption, UsageError } from "../command.ts";
import { ask } from "../control-client.ts";
import { gatewayCommand, socketPath } from "../gateway-command.ts";
import type { Column } from "../output.ts";
import { visible } from "../output.ts";
import { timeWords } from "../words.ts";
import { count, known, knownAction } from "./readings.ts";

const actions = ["list", "show", "retry", "discard"];
const states = ["queued", "sending", "delivered", "rejected", "unsure", "abandoned"] as const;

const options = {
  sink: { type: "string", value: "SINK", help: "only deliveries to this destination" },
  state: { type: "string", value: "STATE", multiple: true, help: `only these states (${states.join(", ")})` },
  limit: { type: "string", value: "N", help: "how many, newest last (default 100, at most 1000)" },
  by: { type: "string", value: "NAME", help: "who does it; needed for every change" },
  reason: { type: "string", value: "TEXT", help: "why; needed for discard" },
  json: jsonOption,
  socket: socketOption,
} as const;

/** What is on its way to each destination, what arrived, and what was refused; and a person's decisions about it. */
export const deliveries = command({
  name: "deliveries",
  summary: "what is on its way, what arrived, and what was refused",
  usage: "[list | show ID… | retry ID… | discard ID…]",
  about: [
    "retry sends a refused or unsure delivery again, the same bytes under the same id; discard gives one up for good.",
    "show prints what the receiver answered (of HL7 its code, as AE, and its words) and the very bytes, which hold the",
    "patient's identifiers: mind who reads along.",
  ].join("\n"),
  options,
  words: [0, 201],
  examples: [
    ["vitalwire deliveries --state rejected", "what a person must look at"],
    ["vitalwire deliveries show 0192f0c1-…", "one of them, with its bytes and the receiver's answer"],
    ["vitalwire deliveries retry 0192f0c1-… --by 'N. Okafor'", "after the cause was mended"],
  ],
  exits: [exit.found, exit.absent],
  run: (call) => gatewayCommand(call, () => act(call)),
});

async function act(call: Call<typeof options>): Promise<0 | 1> {
  const [verb = "list", ...ids] = call.words;
  const { values, output } = call;
  const socket = socketPath(values, call.around);
  if (verb === "list") {
    const rows: StoredDelivery[] = [];
    const wanted = (values.state ?? []).map(asState);
    for await (const row of ask(socket, {
      do: "deliveries",
      limit: count(values.limit),
      ...(values.sink === undefined ? {} : { sink: values.sink }),
      ...(wanted.length === 0 ? {} : { states: wanted }),
    })) {
      rows.push(row as StoredDelivery);
    }
    output.list(columns, rows, "No deliveries.");
    return exit.ok;
  }
  knownAction(verb, actions);
  if (ids.length === 0) throw new UsageError(`${verb} needs the id of a delivery.`);
  if (verb === "show") {
    const found: string[] = [];
    for await (const row of ask(socket, { do: "deliveries", limit: ids.length, ids: [...ids] })) {
      const delivery = row as StoredDelivery;
      found.push(delivery.id);
      for await (const bytes of ask(socket, { do: "bytes", id: delivery.id })) {
        const { text } = bytes as { text: string };
        const lines = [JSON.stringify(delivery, undefined, 2), answerWords(delivery), text];
        const shown = lines.flatMap((part) => part.split(/\r\n|\r|\n/)).map(visible);
        output.record({ ...delivery, text }, shown.join("\n"));
      }
    }
    return known(output, ids, found);
  }
  const by = values.by;
  if (by === undefined) throw new UsageError(`${verb} needs --by with the name of the person who decides.`);
  const answers =
    verb === "retry"
      ? ask(socket, { do: "retry", ids: [...ids], by })
      : ask(socket, { do: "abandon", ids: [...ids], by, reason: needed(values.reason) });
  for await (const row of answers) {
    const { id, now } = row as { id: string; now: string };
    output.record({ id, now }, `${id}  ${now}`);
  }
  return exit.ok;
}

/** What the destination has said of the delivery; a time-out, a PUBACK or a file says nothing. */
function answerWords({ sink, answer }: StoredDelivery): string {
  return answer === undefined ? `${sink} has given no answer in words.` : `${sink} answered ${answer}`;
}

function needed(reason: string | undefined): string {
  if (reason === undefined) throw new UsageError("discard needs --reason.");
  return reason;
}

function asState(text: string): DeliveryState {
  const state = states.find((s) => s === text);
  if (state === undefined) throw new UsageError(`--state takes one of ${states.join(", ")}.`);
  return state;
}

/** An answer to what was accepted is no problem, and is left to `show`. */
function problemWords({ code, answer }: StoredDelivery): string {
  return code === undefined ? "" : [code, answer].filter((part) => part !== undefined).join(": ");
}

const columns: readonly Column<StoredDelivery>[] = [
  { head: "id", cell: (d) => d.id },
  { head: "to", cell: (d) => d.sink },
  { head: "what", cell: (d) => d.purpose, tone: (d) => (d.purpose === "result" ? "plain" : "warn") },
  { head: "readings", cell: (d) => d.observations.length, align: "right" },
  {
    head: "state",
    cell: (d) => d.state,
    tone: (d) => (d.state === "delivered" ? "good" : d.state === "rejected" || d.state === "unsure" ? "bad" : "plain"),
  },
  { head: "tries", cell: (d) => d.attempts, align: "right" },
  { head: "since", cell: (d) => (d.settledAt === undefined ? "" : timeWords(d.settledAt)) },
  { head: "control id", cell: (d) => d.controlId },
  { head: "problem", cell: problemWords },
];
