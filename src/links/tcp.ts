import { connect } from "node:net";
import { type Link, notOpened, type Opened } from "./link.ts";
import { SocketConnection } from "./socket-connection.ts";

const connectMs = 5000;

/** A connection made to an instrument or a serial device server. */
export function tcpLink(host: string, port: number): Link {
  const name = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  return { name, passive: false, open: (signal) => openTcp(host, port, name, signal), dispose: () => {} };
}

function openTcp(host: string, port: number, name: string, signal: AbortSignal): Promise<Opened> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const refuse = (detail: string) => {
      settle(notOpened("LINK_REFUSED", `${name}: ${detail}`));
      socket.destroy();
    };
    const onAbort = () => refuse("given up");
    const onError = (error: NodeJS.ErrnoException) => refuse(error.code ?? error.message);
    const onConnect = () => {
      socket.pause();
      settle({ ok: true, connection: new SocketConnection(socket, name) });
    };
    const patience = setTimeout(() => refuse("no answer"), connectMs);

    function settle(opened: Opened) {
      clearTimeout(patience);
      signal.removeEventListener("abort", onAbort);
      if (opened.ok) socket.off("error", onError);
      resolve(opened);
    }

    socket.once("connect", onConnect);
    socket.on("error", onError);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
