import { connect } from "node:net";
import { createInterface } from "node:readline";

const socket = "/run/vitalwire/control.sock";

/** What the service answers at its control socket: the rows. Written anew here, so that the guest needs nothing of the product's inside. */
export async function askService<Row>(request: Readonly<Record<string, unknown>>): Promise<readonly Row[]> {
  const connection = connect(socket);
  try {
    connection.setTimeout(20_000, () => connection.destroy(new Error("the service does not answer")));
    connection.write(`${JSON.stringify(request)}\n`);
    const rows: Row[] = [];
    for await (const line of createInterface({ input: connection })) {
      const reply = JSON.parse(line) as { row: Row } | { end: true } | { problem: unknown };
      if ("end" in reply) return rows;
      if ("problem" in reply) throw new Error(`the service answers ${line}`);
      rows.push(reply.row);
    }
    throw new Error("the service closed the connection");
  } finally {
    connection.destroy();
  }
}
