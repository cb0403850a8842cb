import { readFile } from "node:fs/promises";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Hl7SinkConfig } from "../../config/site.ts";
import type { SendResult } from "../sink.ts";

export type Dialled =
  | { readonly ok: true; readonly socket: Socket }
  | { readonly ok: false; readonly failure: SendResult };

/** Name look-up, connection and handshake together may take this long. */
const dialTimeoutMs = 10_000;
const keepAliveMs = 30_000;

/**
 * Connects to the receiver, over TLS unless the site said `insecure: true`. Certificates are read anew each time, so
 * that renewed ones are taken. Fails with RECEIVER_DOWN before the TCP connection stands and RECEIVER_TLS after it.
 */
export async function dial({ host, port, tls, insecure }: Hl7SinkConfig["hl7"]): Promise<Dialled> {
  const net = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs };
  if (tls === undefined) {
    if (!insecure) return refused("neither tls nor insecure: true is configured");
    return established(connect(net), "connect", "RECEIVER_DOWN");
  }
  let files: Partial<Record<"ca" | "cert" | "key", Buffer>>;
  try {
    files = Object.fromEntries(
      await Promise.all(
        (["ca", "cert", "key"] as const).flatMap((name) => {
          const path = tls[name];
          return path === undefined ? [] : [readFile(path).then((pem) => [name, pem] as const)];
        }),
      ),
    );
  } catch (cause) {
    return refused((cause as Error).message);
  }
  const servername = tls.serverName ?? (isIP(host) === 0 ? host : undefined);
  const options = { ...net, ...files, rejectUnauthorized: true, ...(servername === undefined ? {} : { servername }) };
  try {
    return await established(connectTls(options), "secureConnect", "RECEIVER_TLS");
  } catch (cause) {
    // A certificate or key that is no PEM is thrown, not emitted.
    return refused((cause as Error).message);
  }
}

function established(
  socket: Socket,
  ready: "connect" | "secureConnect",
  afterTcp: "RECEIVER_DOWN" | "RECEIVER_TLS",
): Promise<Dialled> {
  return new Promise((resolve) => {
    let code: "RECEIVER_DOWN" | "RECEIVER_TLS" = "RECEIVER_DOWN";
    const settle = (dialled: Dialled): void => {
      clearTimeout(timer);
      socket.off("connect", connected).off("error", failed).off("close", closed).off(ready, done);
      if (!dialled.ok) {
        // An error that comes after this one concerns nobody.
        socket.on("error", () => {});
        socket.destroy();
      }
      resolve(dialled);
    };
    const fail = (why: string): void => settle({ ok: false, failure: { ok: false, code, answer: why } });
    const connected = (): void => {
      code = afterTcp;
    };
    const failed = (error: NodeJS.ErrnoException): void => fail(error.code ?? error.message);
    const closed = (): void => fail("closed");
    const done = (): void => settle({ ok: true, socket });
    const timer = setTimeout(() => fail("no connection in time"), dialTimeoutMs);
    socket.on("connect", connected).on("error", failed).on("close", closed).on(ready, done);
  });
}

function refused(why: string): Dialled {
  return { ok: false, failure: { ok: false, code: "RECEIVER_TLS", answer: why } };
}
