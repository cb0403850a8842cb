import { once } from "node:events";
import { createConnection, createServer, type Server, type Socket } from "node:net";

/** A door in the network before some port: while it is shut, nobody answers. */
export interface Gate {
  readonly port: number;
  open(): Promise<void>;
  /** Breaks what goes through it. */
  shut(): Promise<void>;
}

export async function openGate(target: number): Promise<Gate> {
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;

  function pass(near: Socket): void {
    const far = createConnection(target, "127.0.0.1");
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on("error", () => {});
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }

  async function open(): Promise<void> {
    server = createServer(pass).listen(port, "127.0.0.1");
    await once(server, "listening");
    const at = server.address();
    if (typeof at === "object" && at !== null) port = at.port;
  }

  await open();
  return {
    port,
    open,
    async shut() {
      if (server === undefined) return;
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
      server = undefined;
    },
  };
}
