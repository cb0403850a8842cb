import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { latin1 } from "../../src/driver-kit/text.ts";
import type { Connection, Ending, Link } from "../../src/links/link.ts";
import { listeners } from "../../src/links/listener.ts";
import { tcpLink } from "../../src/links/tcp.ts";
import { until } from "../kit/until.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const never = new AbortController().signal;
const bytes = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

interface Heard {
  readonly connection: Connection;
  text: string;
  ending?: Ending;
}

async function open(link: Link): Promise<Heard> {
  const opened = await link.open(never);
  if (!opened.ok) throw new Error(`${opened.problem.code}: ${opened.problem.detail}`);
  const heard: Heard = { connection: opened.connection, text: "" };
  ends.push(() => opened.connection.close());
  opened.connection.start({
    data: (piece) => {
      heard.text += latin1(piece);
    },
    closed: (ending) => {
      heard.ending = ending;
    },
  });
  return heard;
}

/** A server in the instrument's place, and the sockets that called it. */
async function instrumentServer(): Promise<{ port: number; sockets: Socket[]; server: Server }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    sockets.push(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { port: address.port, sockets, server };
}

async function freePort(): Promise<number> {
  const { port, server } = await instrumentServer();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** An instrument that calls from this loopback address. */
function call(port: number, localAddress: string): Socket & { heard: string } {
  const socket = Object.assign(connect({ host: "127.0.0.1", port, localAddress }), { heard: "" });
  socket.on("error", () => {});
  socket.on("data", (piece: Buffer) => {
    socket.heard += piece.toString("latin1");
  });
  ends.push(() => socket.destroy());
  return socket;
}

test("a serial device server is read and written through", async () => {
  const { port, sockets } = await instrumentServer();
  const heard = await open(tcpLink("127.0.0.1", port));
  await until(() => sockets.length === 1);
  let received = "";
  sockets[0]?.on("data", (piece: Buffer) => {
    received += piece.toString("latin1");
  });
  heard.connection.write(bytes("question"));
  sockets[0]?.write("answer");
  await until(() => heard.text === "answer" && received === "question");
});

test("what is written last is sent before a connection is closed", async () => {
  const { port, sockets } = await instrumentServer();
  const heard = await open(tcpLink("127.0.0.1", port));
  await until(() => sockets.length === 1);
  let received = "";
  sockets[0]?.on("data", (piece: Buffer) => {
    received += piece.toString("latin1");
  });
  heard.connection.write(bytes("farewell"));
  await heard.connection.close();
  await until(() => received === "farewell");
  expect(heard.ending).toBeUndefined();
});

test("an address where nobody answers is refused, and one that hangs up is lost", async () => {
  const refused = await tcpLink("127.0.0.1", await freePort()).open(never);
  expect(refused).toMatchObject({ ok: false, problem: { code: "LINK_REFUSED" } });
  const { port, sockets } = await instrumentServer();
  const heard = await open(tcpLink("127.0.0.1", port));
  await until(() => sockets.length === 1);
  sockets[0]?.destroy();
  await until(() => heard.ending?.reason === "lost");
});

test("an opening that is given up answers at once", async () => {
  const abort = new AbortController();
  abort.abort();
  const opened = await tcpLink("127.0.0.1", await freePort()).open(abort.signal);
  expect(opened.ok).toBe(false);
});

test("an instrument that takes no bytes is given up", async () => {
  const { port, sockets } = await instrumentServer();
  const heard = await open(tcpLink("127.0.0.1", port));
  await until(() => sockets.length === 1);
  sockets[0]?.pause();
  while (heard.ending === undefined) {
    for (let i = 0; i < 100; i++) heard.connection.write(new Uint8Array(16 * 1024));
    await new Promise(setImmediate);
  }
  expect(heard.ending).toMatchObject({ detail: "the instrument takes no bytes" });
});

/** A link that waits for its instrument's call: `listening` once it can be called, `heard` once it was. */
function awaitCall(link: Link): { readonly listening: Promise<void>; readonly heard: Promise<Heard> } {
  let waiting = () => {};
  const listening = new Promise<void>((resolve) => {
    waiting = resolve;
  });
  const tapped: Link = { ...link, open: (signal) => link.open(signal, waiting) };
  ends.push(() => link.dispose());
  return { listening, heard: open(tapped) };
}

test("two instruments share a listening port, told apart by their addresses; a stranger is hung up on", async () => {
  const port = await freePort();
  const strangers: string[] = [];
  const listening = listeners((_, peer) => strangers.push(peer));
  const [one, two] = ["127.0.0.1", "127.0.0.2"].map((from) =>
    awaitCall(listening.link({ address: "0.0.0.0", port, from })),
  );
  await Promise.all([one?.listening, two?.listening]);
  const second = call(port, "127.0.0.2");
  const first = call(port, "127.0.0.1");
  const third = call(port, "127.0.0.3");
  second.write("two");
  first.write("one");
  const [heardOne, heardTwo] = [await one?.heard, await two?.heard];
  await until(() => heardOne?.text === "one" && heardTwo?.text === "two");
  await until(() => third.closed);
  expect(strangers).toEqual(["127.0.0.3"]);
  heardTwo?.connection.write(bytes("for two"));
  await until(() => second.heard === "for two");
  expect(first.heard).toBe("");
});

test("a second call of an instrument ends the earlier one, and no byte of it is lost", async () => {
  const port = await freePort();
  const link = listeners().link({ address: "127.0.0.1", port });
  const { listening, heard } = awaitCall(link);
  await listening;
  call(port, "127.0.0.1").write("before");
  const earlier = await heard;
  await until(() => earlier.text === "before");
  call(port, "127.0.0.1").write("after");
  await until(() => earlier.ending !== undefined);
  expect(earlier.ending?.reason).toBe("lost");
  const later = await open(link);
  await until(() => later.text === "after");
  expect(earlier.text).toBe("before");
});

test("a listening port that is taken is refused, and free again once its last device is gone", async () => {
  const { port, server } = await instrumentServer();
  const link = listeners().link({ address: "127.0.0.1", port });
  expect(await link.open(never)).toMatchObject({ ok: false, problem: { code: "PORT_BUSY" } });
  await new Promise((resolve) => server.close(resolve));
  const { listening, heard } = awaitCall(link);
  await listening;
  call(port, "127.0.0.1").write("hello");
  await (await heard).connection.close();
  link.dispose();
  await until(async () => !(await tcpLink("127.0.0.1", port).open(never)).ok);
});

test("two devices that listen for the same caller are not guessed between", async () => {
  const port = await freePort();
  const listening = listeners();
  await awaitCall(listening.link({ address: "127.0.0.1", port })).listening;
  const opened = await listening.link({ address: "127.0.0.1", port }).open(never);
  expect(opened).toMatchObject({ ok: false, problem: { code: "PORT_AMBIGUOUS" } });
});
