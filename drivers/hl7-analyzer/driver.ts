import type { Action, Driver, Session, SessionEvent, Span } from "../../src/driver-kit/contract.ts";
import { decodeText } from "../../src/hl7/charset.ts";
import { type Message, parse } from "../../src/hl7/message.ts";
import { MllpFramer, type MllpPiece } from "../../src/hl7/mllp.ts";
import { answersTo, type Outcome } from "./answers.ts";
import { type Options, options } from "./options.ts";
import { findings } from "./results.ts";

/**
 * Analyzers that send their results as HL7 v2 over MLLP: ORU^R01 and OUL^R22, also in the form of IHE's LAW profile. A
 * message is acknowledged after its results are stored, and refused (AE) where they could not be.
 */
export const driver: Driver<Options> = {
  id: "hl7-analyzer",
  version: "1",
  input: "stream",
  integrity: "structure",
  options,
  session: (given) => new Hl7Session(given),
  undetected: () => [
    { fault: "byte-lost", why: "HL7 has no checksum; TCP's is below what is seen here" },
    { fault: "byte-doubled", why: "HL7 has no checksum; TCP's is below what is seen here" },
  ],
};

/** So long without a byte, and an unfinished message does not go on. */
const SILENCE_MS = 30_000;
/** Messages that wait to be stored; beyond these an analyzer that does not wait for answers is told to send again. */
const MOST_WAITING = 32;
/** Observations in one message; no analyzer has so many tests. */
const MOST_OBSERVATIONS = 500;

/** What is written once it is known whether a message is safe. */
type Waiting = Readonly<Record<"stored" | "refused", readonly Uint8Array[]>>;

class Hl7Session implements Session {
  readonly #options: Options;
  readonly #framer: MllpFramer;
  #actions: Action[] = [];
  #receipt = 0;
  readonly #waiting = new Map<number, Waiting>();
  #identified = "";

  constructor(given: Options) {
    this.#options = given;
    this.#framer = new MllpFramer(given.maxMessage);
  }

  handle(event: SessionEvent): readonly Action[] {
    switch (event.on) {
      case "open":
        break;
      case "data":
        for (const piece of this.#framer.push(event.bytes)) this.#piece(piece);
        this.#actions.push({ do: "wake", afterMs: this.#framer.pending > 0 || this.#framer.inNoise ? SILENCE_MS : 0 });
        break;
      case "wake":
      case "close":
        for (const piece of this.#framer.end()) this.#piece(piece);
        break;
      case "stored":
      case "refused": {
        const waiting = this.#waiting.get(event.receipt);
        this.#waiting.delete(event.receipt);
        if (waiting !== undefined) this.#write(waiting[event.on]);
        break;
      }
      default:
        event satisfies never;
    }
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }

  #piece(piece: MllpPiece): void {
    const span = { from: piece.from, to: piece.to };
    if (piece.kind === "discard") this.#actions.push({ do: "discard", span, reason: piece.reason });
    else this.#message(piece.bytes, span);
  }

  #message(bytes: Uint8Array, span: Span): void {
    const { text, charset } = decodeText(bytes);
    const parsed = parse(text);
    const problem = parsed.ok ? problemOf(parsed.message) : "no HL7 header";
    if (!parsed.ok || problem !== undefined) {
      this.#actions.push({
        do: "discard",
        span,
        reason: "malformed",
        ...(problem === undefined ? {} : { detail: problem }),
      });
      return;
    }
    const { message } = parsed;
    const answers = (outcome: Outcome) => answersTo(message, charset, outcome);
    const type = `${message.get("MSH-9.1")}^${message.get("MSH-9.2")}`;
    if (message.all("OBX").length > MOST_OBSERVATIONS) {
      this.#actions.push({ do: "discard", span, reason: "malformed", detail: "more observations than there can be" });
      this.#write(answers("unsupported"));
      return;
    }
    if (type !== "ORU^R01" && type !== "OUL^R22") {
      this.#actions.push({ do: "discard", span, reason: "not-a-reading", detail: "a message of another type" });
      this.#write(answers("unsupported"));
      return;
    }
    this.#identify(message);
    const found = findings(message, this.#options, span);
    if (found.length === 0) {
      this.#actions.push({ do: "discard", span, reason: "not-a-reading", detail: "a message without results" });
      this.#write(answers("stored"));
    } else if (this.#waiting.size >= MOST_WAITING) {
      this.#actions.push({ do: "discard", span, reason: "unsolicited", detail: "more messages than can wait" });
      this.#write(answers("refused"));
    } else {
      const receipt = ++this.#receipt;
      this.#waiting.set(receipt, { stored: answers("stored"), refused: answers("refused") });
      this.#actions.push({ do: "report", receipt, findings: found });
    }
  }

  #identify(message: Message): void {
    const [model, manufacturer] = [message.get("MSH-3"), message.get("MSH-4")];
    const said = JSON.stringify([model, manufacturer]);
    if (said === this.#identified) return;
    this.#identified = said;
    const identity = {
      ...(model === undefined ? {} : { model }),
      ...(manufacturer === undefined ? {} : { manufacturer }),
    };
    if (Object.keys(identity).length > 0) this.#actions.push({ do: "identify", identity });
  }

  #write(answers: readonly Uint8Array[]): void {
    for (const bytes of answers) this.#actions.push({ do: "write", bytes });
  }
}

/** A message without a control id cannot be acknowledged, so it must not be taken. */
function problemOf(message: Message): string | undefined {
  if (message.get("MSH-9.1") === undefined) return "no message type";
  if (message.get("MSH-10") === undefined) return "no control id";
  return undefined;
}
