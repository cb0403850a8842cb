import type { Hl7SinkConfig } from "../../config/site.ts";
import { Slab } from "../../slab.ts";
import type { Sink } from "../sink.ts";
import { Hl7Connection, type LateAnswer } from "./connection.ts";
import { dial } from "./dial.ts";
import { oruMessage } from "./oru.ts";

/** Everything that the sink needs beside its own section of the configuration. */
export interface Hl7SinkDeps {
  readonly ackTimeoutMs: number;
  /**
   * A message that had its answer got another one. AA after AA is of no interest; AE or AR after AA means that the
   * receiver took the message and then failed, which somebody has to look at.
   */
  readonly onLateAnswer?: (answer: LateAnswer) => void;
}

/**
 * HL7 v2 over MLLP: one kept connection, one message under way. AA and CA mean that it was accepted. After any failure
 * whose answer is uncertain the connection is gone, and the same bytes under the same MSH-10 may be sent over a new one.
 */
export function hl7Sink(config: Hl7SinkConfig, deps: Hl7SinkDeps): Sink {
  let connection: Hl7Connection | undefined;
  let closed = false;
  const slab = new Slab();

  return {
    id: config.id,
    window: 1,
    encode: (content) => slab.encode(oruMessage(content, config.hl7)),

    async connect() {
      if (connection?.alive) return { ok: true };
      const dialled = await dial(config.hl7);
      if (!dialled.ok) return dialled.failure;
      connection = new Hl7Connection(dialled.socket, deps.onLateAnswer ?? (() => {}));
      if (closed) connection.close();
      return { ok: true };
    },

    send({ controlId, bytes }) {
      if (connection === undefined) return Promise.resolve({ ok: false, code: "RECEIVER_DOWN" });
      return connection.exchange(controlId, bytes, deps.ackTimeoutMs);
    },

    async close() {
      closed = true;
      connection?.close();
      connection = undefined;
    },
  };
}
