import { type Fault, type Hl7Receiver, receiveHl7 } from "../../src/cli/listen/hl7.ts";
import { type Message, parse } from "../../src/hl7/message.ts";

/** One observation as a clinic holds it: read from the messages alone, without the sender's help. */
export interface Filed {
  readonly whose: string;
  readonly code: string;
  readonly value: string;
  readonly unit: string;
  /** OBX-11. */
  readonly status: string;
}

/** A clinic's receiver, and the ledger of what it accepted. It files a message by its control id, once. */
export interface Clinic {
  readonly port: number;
  /** What it holds, in order; a message that came again is there once. */
  filed(): readonly Filed[];
  /** How often a message arrived, the same one again included. */
  arrivals(): number;
  /** What no honest sender does: one id over other bytes, one observation under two ids, or no HL7. */
  readonly lies: readonly string[];
  /** How it misbehaves at the messages to come; each counted from 1 since it was opened. */
  fault: ((text: string, count: number) => Fault | undefined) | undefined;
  /** Goes away and comes back at the same port, with all that it holds. */
  close(): Promise<void>;
  open(): Promise<void>;
}

/** Opens a receiver; `port` 0 lets the system choose. `onMessage` hears each message before it is answered. */
export async function openClinic(port = 0, onMessage: () => void = () => {}): Promise<Clinic> {
  const messages = new Map<string, string>();
  const carriers = new Map<string, string>();
  const filed: Filed[] = [];
  const lies: string[] = [];
  let arrivals = 0;
  let receiver: Hl7Receiver | undefined;

  function accept(text: string): void {
    arrivals += 1;
    const parsed = parse(text);
    const id = parsed.ok ? parsed.message.get("MSH-10") : undefined;
    if (!parsed.ok || id === undefined) {
      lies.push("a message that is no HL7");
      return;
    }
    const before = messages.get(id);
    if (before !== undefined) {
      if (before !== text) lies.push(`${id} came again with other bytes`);
      return;
    }
    messages.set(id, text);
    for (const one of observations(parsed.message)) {
      filed.push(one.filed);
      // Withdrawn and filed anew, an observation may come again; the same result may not.
      const carrier = carriers.get(one.key);
      if (carrier !== undefined) lies.push(`one result under ${carrier} and ${id}`);
      carriers.set(one.key, id);
    }
  }

  const clinic: Clinic = {
    port,
    filed: () => filed,
    arrivals: () => arrivals,
    lies,
    fault: undefined,
    async open() {
      receiver = await receiveHl7({
        port: clinic.port,
        address: "127.0.0.1",
        onMessage: (text) => {
          accept(text);
          onMessage();
        },
        fault: (text, count) => clinic.fault?.(text, count),
      });
      Object.assign(clinic, { port: receiver.port });
    },
    async close() {
      await receiver?.close();
      receiver = undefined;
    },
  };
  await clinic.open();
  return clinic;
}

/** Each OBX of a message, and what makes it that one: the observation's own number, whose it is and how it stands. */
function observations(message: Message): readonly { readonly filed: Filed; readonly key: string }[] {
  const patient = message.get("PID-3.1");
  const specimen = message.get("SPM-2.1") ?? message.get("SPM-2.1.1");
  const whose = patient ? `patient ${patient}` : specimen ? `specimen ${specimen}` : "nobody";
  return message.all("OBX").map((obx) => {
    const filed = {
      whose,
      code: obx.get(3) ?? "",
      value: obx.get(5) ?? "",
      unit: obx.get(6) ?? "",
      status: obx.get(11) ?? "",
    };
    return { filed, key: [obx.get(4), whose, filed.status].join(" ") };
  });
}
