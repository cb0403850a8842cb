import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type Fault, type Hl7Receiver, type Hl7ReceiverOptions, receiveHl7 } from "../../src/cli/listen/hl7.ts";
import { parse } from "../../src/hl7/message.ts";
import type { LateAnswer } from "../../src/sinks/hl7/connection.ts";
import { hl7Sink } from "../../src/sinks/hl7/hl7.ts";
import type { SendResult, Sink } from "../../src/sinks/sink.ts";
import { content, reading, sinkConfig } from "./hl7-content.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

interface Setup {
  readonly sink: Sink;
  readonly receiver: Hl7Receiver;
  /** MSH-10 of what the receiver took, in order. */
  readonly taken: string[];
  readonly late: LateAnswer[];
}

async function setUp(
  fault: (id: string, count: number) => Fault | undefined = () => undefined,
  { ackTimeoutMs = 5000, tls, hl7 = {} }: Partial<Options> = {},
): Promise<Setup> {
  const taken: string[] = [];
  const late: LateAnswer[] = [];
  const receiver = await receiveHl7({
    port: 0,
    address: "127.0.0.1",
    ...(tls === undefined ? {} : { tls }),
    onMessage: (text) => taken.push(controlIdOf(text)),
    fault: (text, count) => fault(controlIdOf(text), count),
  });
  open.push(receiver);
  const sink = sinkTo(receiver.port, hl7, { ackTimeoutMs, onLateAnswer: (answer) => late.push(answer) });
  return { sink, receiver, taken, late };
}

interface Options {
  readonly ackTimeoutMs: number;
  readonly tls: NonNullable<Hl7ReceiverOptions["tls"]>;
  readonly hl7: Readonly<Record<string, unknown>>;
}

function sinkTo(
  port: number,
  hl7: Options["hl7"] = {},
  deps: Parameters<typeof hl7Sink>[1] = { ackTimeoutMs: 5000 },
): Sink {
  const sink = hl7Sink(sinkConfig({ port, ...hl7 }), deps);
  open.push(sink);
  return sink;
}

const accepted: SendResult = { ok: true, answer: "AA" };

function controlIdOf(text: string): string {
  const parsed = parse(text);
  return (parsed.ok ? parsed.message.get("MSH-10") : undefined) ?? "";
}

async function deliver(sink: Sink, controlId: string): Promise<SendResult> {
  const connected = await sink.connect();
  if (!connected.ok) return connected;
  return sink.send({ controlId, bytes: sink.encode(content([reading()], { controlId })), mayBeDuplicate: false });
}

const first =
  (fault: Fault) =>
  (_: string, count: number): Fault | undefined =>
    count === 1 ? fault : undefined;

describe("the HL7 sink", () => {
  it("delivers messages in order over one connection, each acknowledged", async () => {
    const { sink, taken } = await setUp();
    for (const id of ["1", "2", "3"]) expect(await deliver(sink, id)).toEqual(accepted);
    expect(taken).toEqual(["1", "2", "3"]);
  });

  it("sends exactly the bytes it was given", async () => {
    const received: string[] = [];
    const receiver = await receiveHl7({ port: 0, address: "127.0.0.1", onMessage: (text) => received.push(text) });
    open.push(receiver);
    const sink = sinkTo(receiver.port);
    const text = "MSH|^~\\&|A|||||||X1||2.5.1\rNTE|1||Grüße\r";
    await sink.connect();
    await sink.send({ controlId: "X1", bytes: new TextEncoder().encode(text), mayBeDuplicate: true });
    expect(received).toEqual([text]);
  });

  it("never takes a late answer for that of the next message", async () => {
    const { sink, taken } = await setUp(first({ do: "late", ms: 800 }), { ackTimeoutMs: 400 });
    expect(await deliver(sink, "1")).toEqual({ ok: false, code: "ACK_TIMEOUT" });
    expect(await sink.send({ controlId: "2", bytes: new Uint8Array(1), mayBeDuplicate: false })).toEqual({
      ok: false,
      code: "RECEIVER_DOWN",
    });
    expect(await deliver(sink, "2")).toEqual(accepted);
    expect(taken).toEqual(["1", "2"]);
  });

  it("does not wait for ever for an answer that never comes, and goes on over a new connection", async () => {
    const { sink } = await setUp(first({ do: "silent" }), { ackTimeoutMs: 400 });
    expect(await deliver(sink, "1")).toEqual({ ok: false, code: "ACK_TIMEOUT" });
    expect(await deliver(sink, "1")).toEqual(accepted);
  });

  it("takes an answer that comes just before the time is over", async () => {
    const { sink } = await setUp(first({ do: "late", ms: 50 }));
    expect(await deliver(sink, "1")).toEqual(accepted);
  });

  it("drops the connection on an answer for another message", async () => {
    const { sink } = await setUp(first({ do: "wrong-id" }));
    expect(await deliver(sink, "1")).toEqual({ ok: false, code: "ACK_WRONG_ID" });
    expect(await deliver(sink, "1")).toEqual(accepted);
  });

  it.each<Fault>([{ do: "garbage" }, { do: "unframed" }])("takes $do for no answer, at once", async (fault) => {
    const { sink } = await setUp(first(fault), { ackTimeoutMs: 60_000 });
    expect(await deliver(sink, "1")).toEqual({ ok: false, code: "ACK_MALFORMED" });
    expect(await deliver(sink, "1")).toEqual(accepted);
  });

  it.each<Fault>([{ do: "close-before-ack" }, { do: "close-mid-ack" }, { do: "reset" }])(
    "cannot say what became of a message when the receiver does $do, and sends again",
    async (fault) => {
      const { sink, taken } = await setUp(first(fault), { ackTimeoutMs: 60_000 });
      expect(await deliver(sink, "1")).toEqual({ ok: false, code: "ACK_CLOSED" });
      expect(await deliver(sink, "1")).toEqual(accepted);
      expect(taken).toEqual(["1", "1"]);
    },
  );

  it("does not write into a connection whose far end has hung up", async () => {
    const { sink, receiver, taken } = await setUp();
    await deliver(sink, "1");
    receiver.hangUp();
    const bytes = sink.encode(content([reading()], { controlId: "2" }));
    await vi.waitFor(async () => {
      // Whatever is sent before the end is seen is answered or unsure, never lost without a word.
      const result = await sink.send({ controlId: "2", bytes, mayBeDuplicate: false });
      expect(result).toEqual({ ok: false, code: "RECEIVER_DOWN" });
    });
    expect(await deliver(sink, "3")).toEqual(accepted);
    expect(taken.at(-1)).toBe("3");
  });

  it.each<Fault>([{ do: "split" }, { do: "byte-by-byte" }, { do: "no-cr" }])(
    "understands an answer that comes $do",
    async (fault) => {
      const { sink } = await setUp(() => fault);
      expect(await deliver(sink, "1")).toEqual(accepted);
      expect(await deliver(sink, "2")).toEqual(accepted);
    },
  );

  it("keeps the receiver's words on an error and on a rejection, and the connection with them", async () => {
    const { sink, taken } = await setUp((_, count) => {
      if (count === 1) return { do: "answer", code: "AE", text: "database is down", error: "207" };
      return count === 2 ? { do: "answer", code: "AR", text: "unknown patient" } : undefined;
    });
    expect(await deliver(sink, "1")).toEqual({ ok: false, code: "ACK_ERROR", answer: "AE: database is down; 207" });
    expect(await deliver(sink, "2")).toEqual({ ok: false, code: "ACK_REJECT", answer: "AR: unknown patient" });
    expect(await deliver(sink, "3")).toEqual(accepted);
    expect(taken).toEqual(["3"]);
  });

  it.each([
    ["CA", { ok: true, answer: "CA" }],
    ["CE", { ok: false, code: "ACK_ERROR", answer: "CE" }],
    ["CR", { ok: false, code: "ACK_REJECT", answer: "CR" }],
  ] as const)("takes %s of the enhanced mode for what it says", async (code, result) => {
    const { sink } = await setUp(() => ({ do: "answer", code }));
    expect(await deliver(sink, "1")).toEqual(result);
  });

  it("takes CA for delivered, and neither the AA that follows nor a second AA for the next message's", async () => {
    const { sink, late, taken } = await setUp((_, count) =>
      count === 3 ? undefined : { do: "twice", first: count === 1 ? "CA" : "AA", second: "AA" },
    );
    expect(await deliver(sink, "1")).toEqual({ ok: true, answer: "CA" });
    for (const id of ["2", "3"]) expect(await deliver(sink, id)).toEqual(accepted);
    expect(taken).toEqual(["1", "2", "3"]);
    await vi.waitFor(() =>
      expect(late.map((l) => [l.controlId, l.first, l.code])).toEqual([
        ["1", "CA", "AA"],
        ["2", "AA", "AA"],
      ]),
    );
  });

  it("tells of an error that comes after the message had been accepted", async () => {
    const { sink, late } = await setUp(() => ({ do: "twice", first: "AA", second: "AE" }));
    expect(await deliver(sink, "1")).toEqual(accepted);
    await vi.waitFor(() => expect(late).toEqual([{ controlId: "1", first: "AA", code: "AE" }]));
  });

  it("says that nothing was handed over when nobody listens, and delivers once somebody does", async () => {
    const { receiver } = await setUp();
    await receiver.close();
    const sink = sinkTo(receiver.port);
    expect(await deliver(sink, "1")).toEqual({ ok: false, code: "RECEIVER_DOWN", answer: "ECONNREFUSED" });
    open.push(await receiveHl7({ port: receiver.port, address: "127.0.0.1", onMessage: () => {} }));
    expect(await deliver(sink, "1")).toEqual(accepted);
  });

  it("refuses a connection without TLS unless the site said that it may be insecure", async () => {
    const { sink } = await setUp(undefined, { hl7: { insecure: false } });
    expect(await sink.connect()).toMatchObject({ ok: false, code: "RECEIVER_TLS" });
  });

  it("leaves no message unsettled when it is closed", async () => {
    const { sink, taken } = await setUp(() => ({ do: "silent" }));
    const sending = deliver(sink, "1");
    await vi.waitFor(() => expect(taken).toEqual(["1"]));
    await sink.close();
    expect(await sending).toEqual({ ok: false, code: "ACK_CLOSED" });
  });
});

describe("over TLS", () => {
  let folder: string;
  const file = (name: string): string => join(folder, name);
  const pem = (name: string): Buffer => readFileSync(file(name));

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "vitalwire-tls-"));
    const openssl = (...args: string[]): void => {
      execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
    };
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    for (const ca of ["ca", "other"]) {
      openssl("req", "-x509", ...key, "-keyout", `${ca}.key`, "-out", `${ca}.pem`, "-subj", `/CN=${ca}`, "-days", "2");
    }
    for (const [name, san] of [
      ["server", "DNS:ehr.test"],
      ["client", "DNS:gateway.test"],
    ]) {
      const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=${san}`];
      openssl("req", ...key, "-keyout", `${name}.key`, "-out", `${name}.csr`, ...subject);
      const signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-copy_extensions", "copy"];
      openssl("x509", "-req", "-in", `${name}.csr`, ...signed, "-out", `${name}.pem`);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const server = (mutual = false): Partial<Options> => ({
    tls: { cert: pem("server.pem"), key: pem("server.key"), ...(mutual ? { ca: pem("ca.pem") } : {}) },
  });
  const tls = (change: Readonly<Record<string, string>> = {}): Partial<Options> => ({
    hl7: { insecure: false, tls: { ca: file("ca.pem"), serverName: "ehr.test", ...change } },
  });

  it("delivers to a receiver whose certificate is right", async () => {
    const { sink } = await setUp(undefined, { ...server(), ...tls() });
    expect(await deliver(sink, "1")).toEqual(accepted);
  });

  it("shows its own certificate where the receiver asks for one", async () => {
    const own = { cert: file("client.pem"), key: file("client.key") };
    const { sink } = await setUp(undefined, { ...server(true), ...tls(own) });
    expect(await deliver(sink, "1")).toEqual(accepted);
  });

  it("sends nothing to a receiver whose certificate is of another authority or for another name", async () => {
    const { sink, taken } = await setUp(undefined, { ...server(), ...tls({ ca: file("other.pem") }) });
    expect(await deliver(sink, "1")).toMatchObject({ ok: false, code: "RECEIVER_TLS" });
    const named = await setUp(undefined, { ...server(), ...tls({ serverName: "other.test" }) });
    expect(await deliver(named.sink, "1")).toEqual({
      ok: false,
      code: "RECEIVER_TLS",
      answer: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
    expect([...taken, ...named.taken]).toEqual([]);
  });

  it("delivers nothing without the certificate that the receiver asks for", async () => {
    const { sink, taken } = await setUp(undefined, { ...server(true), ...tls() });
    expect((await deliver(sink, "1")).ok).toBe(false);
    expect(taken).toEqual([]);
  });

  it("says so where the receiver speaks no TLS, or a certificate file is missing or none", async () => {
    const { sink } = await setUp(undefined, tls());
    expect(await sink.connect()).toMatchObject({ ok: false, code: "RECEIVER_TLS" });
    const missing = await setUp(undefined, { ...server(), ...tls({ ca: file("missing.pem") }) });
    expect(await missing.sink.connect()).toMatchObject({ ok: false, code: "RECEIVER_TLS" });
    const none = await setUp(undefined, { ...server(), ...tls({ cert: file("ca.pem"), key: file("ca.pem") }) });
    expect(await none.sink.connect()).toMatchObject({ ok: false, code: "RECEIVER_TLS" });
  });
});

describe("the receiver for trying things out", () => {
  it("answers text that is no HL7 with AR, and passes nothing on", async () => {
    const { sink, taken } = await setUp();
    await sink.connect();
    const result = await sink.send({ controlId: "", bytes: new TextEncoder().encode("hello"), mayBeDuplicate: false });
    expect(result).toEqual({ ok: false, code: "ACK_REJECT", answer: "AR: not an HL7 message" });
    expect(taken).toEqual([]);
  });

  it("rejects an address that is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const bound = other.address();
    const port = typeof bound === "object" ? bound?.port : undefined;
    await expect(receiveHl7({ port: port ?? 0, address: "127.0.0.1", onMessage: () => {} })).rejects.toThrow(
      "EADDRINUSE",
    );
    await new Promise((resolve) => other.close(resolve));
  });
});
