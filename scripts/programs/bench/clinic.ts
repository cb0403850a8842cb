import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Received, ReceiverOrder, ReceiverWord } from "./receiver.ts";

/** The receiver in its own process, as the bench sees it. */
export interface Clinic {
  /** Listens, and forgets what came before. */
  listen(port: number): Promise<void>;
  /** Resolves once so many messages have been answered. */
  received(count: number): Promise<Received>;
  close(): Promise<void>;
}

export function startClinic(): Clinic {
  const child = fork(fileURLToPath(new URL("./main.js", import.meta.url)), ["--receive"], { execArgv: [] });
  const order = (what: ReceiverOrder): void => void child.send(what);
  return {
    async listen(port) {
      order({ do: "listen", port });
      await word(child, "listening");
    },
    received(count) {
      const reached = word(child, "reached");
      order({ do: "tell", after: count });
      return reached;
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

function word<K extends ReceiverWord["is"]>(child: ChildProcess, wanted: K): Promise<Extract<ReceiverWord, { is: K }>> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error("the receiver ended"));
    const heard = (said: ReceiverWord): void => {
      if (said.is !== wanted) return;
      child.off("message", heard);
      child.off("exit", gone);
      resolve(said as Extract<ReceiverWord, { is: K }>);
    };
    child.on("message", heard);
    child.once("exit", gone);
  });
}
