import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { type AckCode, type Answer, buildAck } from "../../hl7/ack.ts";
import { decodeText, encodeText } from "../../hl7/charset.ts";
import { formatDtm } from "../../hl7/dtm.ts";
import { type Message, parse } from "../../hl7/message.ts";
import { MllpFramer, mllpBlock } from "../../hl7/mllp.ts";

/** A way for a receiver to misbehave at one message. Unless said otherwise the message itself is taken. */
export type Fault =
  /** Answers this code. What is not accepted is not taken: `onMessage` is not called for AE, AR, CE and CR. */
  | { readonly do: "answer"; readonly code: AckCode; readonly text?: string; readonly error?: string }
  | { readonly do: "late"; readonly ms: number }
  | { readonly do: "wrong-id" }
  /** A block that is no HL7. */
  | { readonly do: "garbage" }
  /** A right acknowledgement without its MLLP frame. */
  | { readonly do: "unframed" }
  /** A right acknowledgement whose FS no CR follows. */
  | { readonly do: "no-cr" }
  | { readonly do: "silent" }
  | { readonly do: "close-before-ack" }
  | { readonly do: "close-mid-ack" }
  | { readonly do: "reset" }
  /** The answer in two pieces, some milliseconds apart. */
  | { readonly do: "split" }
  | { readonly do: "byte-by-byte" }
  /** Two answers, such as CA and then AA. */
  | { readonly do: "twice"; readonly first: AckCode; readonly second: AckCode };

export interface Hl7ReceiverOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly address: string;
  /** PEM texts; with `ca` clients must show a certificate of it. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer; readonly ca?: string | Buffer };
  /** Called with each message before it is acknowledged; a promise is waited for. */
  readonly onMessage: (text: string) => unknown;
  /** Called with each message that a fault has it refuse. */
  readonly onRefused?: (text: string) => void;
  /** Asked at each message, counted from 1 over all connections. */
  readonly fault?: (text: string, count: number) => Fault | undefined;
}

/** A receiver that listens. */
export interface Hl7Receiver {
  readonly port: number;
  /** Closes all connections and frees the port. */
  close(): Promise<void>;
  /** Closes its half of all connections, as a receiver does that is about to restart. */
  hangUp(): void;
}

/**
 * A clinic's receiver for trying things out: takes HL7 v2 messages over MLLP and answers each with AA, in order. What is
 * no HL7 message is answered with AR. Rejects if the address cannot be listened on.
 */
export async function receiveHl7(options: Hl7ReceiverOptions): Promise<Hl7Receiver> {
  const sockets = new Set<Socket>();
  let count = 0;
  const serve = (socket: Socket): void => {
    sockets.add(socket);
    socket.setNoDelay(true);
    const framer = new MllpFramer();
    // Answers go out in the order of the messages, also where one of them has to wait.
    let turn = Promise.resolve();
    socket.on("data", (chunk: Uint8Array) => {
      for (const piece of framer.push(chunk)) {
        if (piece.kind !== "block") continue;
        const { text } = decodeText(piece.bytes);
        turn = turn
          .then(() => answer(socket, text, ++count, options))
          .catch((error: unknown) => {
            socket.destroy(error as Error);
          });
      }
    });
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  };
  const { tls } = options;
  const server =
    tls === undefined
      ? createServer(serve)
      : createTlsServer({ ...tls, requestCert: tls.ca !== undefined, rejectUnauthorized: tls.ca !== undefined }, serve);
  const port = await listening(server, options);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
    hangUp: () => {
      for (const socket of sockets) socket.end();
    },
  };
}

function listening(server: Server, { port, address }: Hl7ReceiverOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, () => {
      server.off("error", reject);
      const bound = server.address();
      resolve(typeof bound === "object" && bound !== null ? bound.port : port);
    });
  });
}

const refusals: readonly AckCode[] = ["AE", "AR", "CE", "CR"];

async function answer(socket: Socket, text: string, count: number, options: Hl7ReceiverOptions): Promise<void> {
  const parsed = parse(text);
  if (!parsed.ok) {
    socket.write(mllpBlock(encodeText(ackOf(undefined, "AR", count, { text: "not an HL7 message" }))));
    return;
  }
  const { message } = parsed;
  const fault = options.fault?.(text, count);
  if (fault?.do === "answer" && refusals.includes(fault.code)) options.onRefused?.(text);
  else await options.onMessage(text);
  const block = (code: AckCode, more?: Partial<Answer>): Uint8Array =>
    mllpBlock(encodeText(ackOf(message, code, count, more)));
  if (fault === undefined) {
    socket.write(block("AA"));
    return;
  }
  await misbehave(socket, fault, block);
}

type BlockOf = (code: AckCode, more?: Partial<Answer>) => Uint8Array;

async function misbehave(socket: Socket, fault: Fault, block: BlockOf): Promise<void> {
  const right = block("AA");
  const half = right.length >> 1;
  switch (fault.do) {
    case "answer": {
      const { text, error } = fault;
      socket.write(
        block(fault.code, { ...(text === undefined ? {} : { text }), ...(error === undefined ? {} : { error }) }),
      );
      return;
    }
    case "late":
      await pause(fault.ms);
      if (!socket.destroyed) socket.write(right);
      return;
    case "wrong-id":
      socket.write(mllpBlock(encodeText("MSH|^~\\&|||||||ACK|1|P|2.5.1\rMSA|AA|ANOTHER\r")));
      return;
    case "garbage":
      socket.write(mllpBlock(encodeText("HTTP/1.1 400 Bad Request")));
      return;
    case "unframed":
      socket.write(right.subarray(1, -2));
      return;
    case "no-cr":
      socket.write(right.subarray(0, -1));
      return;
    case "silent":
      return;
    case "close-before-ack":
      socket.end();
      return;
    case "close-mid-ack":
      socket.end(right.subarray(0, half));
      return;
    case "reset":
      socket.resetAndDestroy();
      return;
    case "split":
      socket.write(right.subarray(0, half));
      await pause(10);
      socket.write(right.subarray(half));
      return;
    case "byte-by-byte":
      for (const byte of right) {
        socket.write(Uint8Array.of(byte));
        await pause(1);
      }
      return;
    case "twice":
      socket.write(block(fault.first));
      await pause(1);
      socket.write(block(fault.second));
      return;
    default:
      fault satisfies never;
  }
}

function ackOf(message: Message | undefined, code: AckCode, count: number, more: Partial<Answer> = {}): string {
  return buildAck(message, { code, controlId: `ACK${count}`, at: formatDtm(new Date().toISOString()), ...more });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
