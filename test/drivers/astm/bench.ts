import { driver } from "../../../drivers/astm/driver.ts";
import { encodeFrame } from "../../../drivers/astm/frame.ts";
import type { Action, Finding } from "../../../src/driver-kit/contract.ts";
import { type Answer, collect, type Replayed, VirtualTime } from "../../../src/driver-kit/replay.ts";
import { bytesOf, latin1 } from "../../../src/driver-kit/text.ts";

export const ENQ = "\x05";
export const EOT = "\x04";
export const ACK = "\x06";
export const NAK = "\x15";

/** The bytes of a frame, one Latin-1 character a byte. */
export function frame(number: number, text: string, last = true): string {
  return latin1(encodeFrame(number % 8, text, last));
}

/** Records as frames, one each, numbered from 1. */
export function frames(...records: string[]): string[] {
  return records.map((record, i) => frame(i + 1, `${record}\r`));
}

export const header = "H|\\^&|||an1|||||host||P|1|20240101120000";

/** A result of glucose with its own time, so that no two are the same. */
export function result(n: number, value: string): string {
  return `R|${n}|^^^Glu|${value}|mmol/L||N||F||op1||202401011159${String(n).padStart(2, "0")}`;
}

export const message = [header, "P|1|P0001", "O|1|SID305||^^^Glu", result(1, "5.8"), "L|1|N"];

/** A session on a bench where the test is the analyzer and the clock. */
export class Bench {
  readonly #time: VirtualTime;

  constructor(options: Record<string, unknown> = {}, answer: Answer | ((receipt: number) => Answer) = "stored") {
    this.#time = new VirtualTime(driver.session(driver.options.parse(options)), answer);
    this.#time.give({ on: "open" });
  }

  /** What is written in answer to these bytes. */
  say(bytes: string): string {
    return written(this.#time.give({ on: "data", bytes: bytesOf(bytes) }));
  }

  /** What is written in answer to each. */
  sayAll(utterances: readonly string[]): string[] {
    return utterances.map((bytes) => this.say(bytes));
  }

  /** Says a whole message as an analyzer does, ENQ to EOT; what was answered. */
  send(records: readonly string[]): string {
    return [ENQ, ...frames(...records), EOT].map((bytes) => this.say(bytes)).join("");
  }

  /** What is written while so much time passes. */
  wait(ms: number): string {
    return written(this.#time.advance(this.#time.now + ms));
  }

  stored(receipt: number): string {
    return written(this.#time.give({ on: "stored", receipt }));
  }

  refused(receipt: number): string {
    return written(this.#time.give({ on: "refused", receipt }));
  }

  close(): void {
    this.#time.give({ on: "close" });
  }

  get played(): Replayed {
    return collect(this.#time.steps);
  }

  get findings(): readonly Finding[] {
    return this.played.findings;
  }

  /** The numbers read so far. */
  get texts(): (string | undefined)[] {
    return this.findings.map(({ value }) => value.text);
  }

  get discards(): string[] {
    return this.played.discards.map(({ reason, detail }) => `${reason}: ${detail}`);
  }
}

function written(actions: readonly Action[]): string {
  return actions.map((action) => (action.do === "write" ? latin1(action.bytes) : "")).join("");
}
