import { createServer, type Socket } from "node:net";
import process from "node:process";

/**
 * The clinic's receiver, as a process of its own: takes MLLP blocks, answers each with AA at once, and notes when and in
 * what order. It reads no more of a message than it must to answer it, so that the gateway is what is measured.
 */

/** What the receiver is told, over the channel to its parent. */
export type ReceiverOrder =
  /** Listens at this port; forgets all that came before. */
  | { readonly do: "listen"; readonly port: number }
  /** Tells as soon as it has answered so many messages since it listened. */
  | { readonly do: "tell"; readonly after: number };

/** What it tells. Times are milliseconds of the machine's steady clock, which all processes share. */
export type ReceiverWord = { readonly is: "listening" } | ({ readonly is: "reached" } & Received);

export interface Received {
  readonly connectedAt: number;
  readonly connections: number;
  /** In the order in which they came: OBX-5 of the message, and when its AA was sent. */
  readonly messages: readonly { readonly value: string; readonly answeredAt: number }[];
}

const fs = 0x1c;
let messages: Received["messages"][number][] = [];
let connectedAt = 0;
let connections = 0;
let after = Number.POSITIVE_INFINITY;

process.on("message", (order: ReceiverOrder) => {
  switch (order.do) {
    case "listen":
      messages = [];
      connections = 0;
      after = Number.POSITIVE_INFINITY;
      createServer(serve).listen(order.port, "127.0.0.1", () => say({ is: "listening" }));
      return;
    case "tell":
      after = order.after;
      tellIfReached();
      return;
    default:
      order satisfies never;
  }
});
process.on("disconnect", () => process.exit());
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => undefined);

function serve(socket: Socket): void {
  connections += 1;
  connectedAt = now();
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  let held: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    for (let end = held.indexOf(fs); end !== -1; end = held.indexOf(fs)) {
      answer(socket, held.toString("latin1", 0, end));
      held = held.subarray(end + 1);
    }
  });
}

function answer(socket: Socket, text: string): void {
  socket.write(`\x0bMSH|^~\\&|||||||ACK|1|P|2.5.1\rMSA|AA|${field(text, 0, 9)}\r\x1c\r`);
  const obx = text.indexOf("\rOBX|");
  messages.push({ value: obx === -1 ? "" : field(text, obx, 5), answeredAt: now() });
  tellIfReached();
}

/** A field of the segment that begins at this place; counted as in a text cut at its bars. */
function field(text: string, from: number, number: number): string {
  let at = from;
  for (let i = 0; i < number; i++) at = text.indexOf("|", at) + 1;
  return text.slice(at, text.indexOf("|", at));
}

function tellIfReached(): void {
  if (messages.length < after) return;
  after = Number.POSITIVE_INFINITY;
  say({ is: "reached", connectedAt, connections, messages });
}

function say(word: ReceiverWord): void {
  process.send?.(word);
}

function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
