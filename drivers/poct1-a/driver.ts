import type { Action, Driver, Session, SessionEvent, Span } from "../../src/driver-kit/contract.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";
import { decodeText } from "../../src/hl7/charset.ts";
import { type DocumentPiece, Documents } from "./documents.ts";
import { findings, identityOf } from "./findings.ts";
import { acknowledgement, type Head, requestResults, startContinuous } from "./messages.ts";
import { type Options, options } from "./options.ts";
import { all, type Element, find, parseXml, textOf } from "./xml.ts";

/**
 * POCT1-A point-of-care instruments over TCP: the instrument calls, says hello and how much it has, is asked for its
 * results, and then sends new ones as they come. A result is acknowledged after it is stored.
 */
export const driver: Driver<Options> = {
  id: "poct1-a",
  version: "1",
  input: "stream",
  integrity: "structure",
  options,
  session: (given) => new Conversation(given),
  undetected: () => [
    { fault: "byte-lost", why: "POCT1-A has no checksum; TCP's is below what is seen here" },
    { fault: "byte-doubled", why: "POCT1-A has no checksum; TCP's is below what is seen here" },
  ],
};

/** So long without a byte, and an unfinished message does not go on. */
const SILENCE_MS = 60_000;
/** When results that could not be stored are asked for again. */
const AGAIN_MS = 30_000;
/** Messages that wait to be stored; an instrument that sends more without waiting for answers is told to send again. */
const MOST_WAITING = 8;
/** Results in one message; no instrument of this kind has so many tests. */
const MOST_RESULTS = 500;

interface Message {
  readonly root: Element;
  readonly controlId: string;
  readonly span: Span;
}

class Conversation implements Session {
  readonly #options: Options;
  readonly #documents: Documents;
  #actions: Action[] = [];
  #receipt = 0;
  #controlId = 0;
  #createdAt = "";
  #serial = "";
  /** Control ids of the messages that are being stored, by receipt. */
  readonly #storing = new Map<number, string>();
  /** The instrument has said that there are no more, while some are still being stored. */
  #endWaits = false;
  /** The control id of the request for results that is under way. */
  #request: string | undefined;
  #someRefused = false;
  #askAgain = false;

  constructor(given: Options) {
    this.#options = given;
    this.#documents = new Documents(given.maxMessage);
  }

  handle(event: SessionEvent): readonly Action[] {
    switch (event.on) {
      case "open":
        break;
      case "data":
        for (const piece of this.#documents.push(event.bytes)) this.#piece(piece);
        this.#arm();
        break;
      case "wake":
        for (const piece of this.#documents.end()) this.#piece(piece);
        if (this.#askAgain) this.#ask();
        break;
      case "close":
        for (const piece of this.#documents.end()) this.#piece(piece);
        break;
      case "stored":
      case "refused":
        this.#answered(event.receipt, event.on === "stored");
        this.#arm();
        break;
      default:
        event satisfies never;
    }
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }

  #arm(): void {
    const afterMs = this.#documents.unfinished ? SILENCE_MS : this.#askAgain ? AGAIN_MS : 0;
    this.#actions.push({ do: "wake", afterMs });
  }

  #piece(piece: DocumentPiece): void {
    const { span } = piece;
    if (piece.is === "discard") {
      this.#discard(span, piece.reason);
      return;
    }
    const root = parseXml(decodeText(bytesOf(piece.text)).text);
    const controlId = textOf(find(root, "HDR", "HDR.control_id"));
    if (root === undefined || controlId === "") {
      this.#discard(span, "malformed", root === undefined ? "not the XML of POCT1-A" : "a message without control id");
      return;
    }
    this.#message({ root, controlId, span });
  }

  #message({ root, controlId, span }: Message): void {
    this.#createdAt = textOf(find(root, "HDR", "HDR.creation_dttm")) || this.#createdAt;
    switch (root.name) {
      case "HEL.R01": {
        const identity = identityOf(root);
        this.#serial = identity.serial ?? "";
        if (Object.keys(identity).length > 0) this.#actions.push({ do: "identify", identity });
        this.#acknowledge("AA", controlId);
        return;
      }
      case "DST.R01": {
        this.#acknowledge("AA", controlId);
        const quantity = textOf(find(root, "DST", "DST.new_observations_qty"));
        if (/^0+$/.test(quantity)) this.#goOn();
        else this.#ask();
        return;
      }
      case "OBS.R01":
      case "OBS.R02":
        this.#results({ root, controlId, span });
        return;
      case "EOT.R01":
        if (this.#options.acknowledgeEnd) this.#acknowledge("AA", controlId);
        this.#ended();
        return;
      case "ACK.R01":
        if (textOf(find(root, "ACK", "ACK.type_cd")) !== "AA") {
          this.#discard(span, "not-a-reading", "the instrument did not take what it was asked");
          if (textOf(find(root, "ACK", "ACK.ack_control_id")) === this.#request) this.#ended();
        }
        return;
      case "ESC.R01":
        this.#discard(span, "not-a-reading", "the instrument broke off the conversation");
        return;
      default:
        if (all(root, "OBS").length > 0) {
          this.#refuse(span, controlId, "results in a message of a type that brings none");
          return;
        }
        // Keep-alives, events, lists: nothing of them is a result, and the instrument waits to hear that they came.
        this.#discard(span, "not-a-reading");
        this.#acknowledge("AA", controlId);
    }
  }

  #results({ root, controlId, span }: Message): void {
    const observations = all(root, "OBS").length;
    if (observations > MOST_RESULTS) {
      this.#refuse(span, controlId, "more results than there can be");
      return;
    }
    const found = findings(root, this.#serial, this.#options, span);
    if (found.length < observations) {
      this.#refuse(span, controlId, "a result outside of SVC, without time and role");
      return;
    }
    if (found.length === 0) {
      this.#discard(span, "not-a-reading", "a message without results");
      this.#acknowledge("AA", controlId);
      return;
    }
    if (this.#storing.size >= MOST_WAITING) {
      this.#discard(span, "unsolicited", "more messages than can wait");
      this.#someRefused = true;
      this.#acknowledge("AE", controlId);
      return;
    }
    const receipt = ++this.#receipt;
    this.#storing.set(receipt, controlId);
    this.#actions.push({ do: "report", receipt, findings: found });
  }

  /** What cannot be read must stay in the instrument. */
  #refuse(span: Span, controlId: string, detail: string): void {
    this.#discard(span, "malformed", detail);
    this.#acknowledge("AE", controlId);
  }

  #answered(receipt: number, stored: boolean): void {
    const controlId = this.#storing.get(receipt);
    if (controlId === undefined) return;
    this.#storing.delete(receipt);
    this.#someRefused ||= !stored;
    this.#acknowledge(stored ? "AA" : "AE", controlId);
    if (this.#endWaits) this.#ended();
  }

  /** The instrument has sent what it was asked for. */
  #ended(): void {
    if (this.#request === undefined) return;
    this.#endWaits = this.#storing.size > 0;
    if (this.#endWaits) return;
    this.#request = undefined;
    if (this.#someRefused) this.#askAgain = true;
    else this.#goOn();
  }

  #ask(): void {
    this.#askAgain = false;
    this.#someRefused = false;
    const head = this.#head();
    this.#request = String(head.controlId);
    this.#write(requestResults(head));
  }

  #goOn(): void {
    if (this.#options.continuous) this.#write(startContinuous(this.#head()));
  }

  #acknowledge(code: "AA" | "AE", controlId: string): void {
    this.#write(acknowledgement(this.#head(), code, controlId));
  }

  #head(): Head {
    return { controlId: ++this.#controlId, createdAt: this.#createdAt };
  }

  #write(bytes: Uint8Array): void {
    this.#actions.push({ do: "write", bytes });
  }

  #discard(span: Span, reason: Extract<Action, { do: "discard" }>["reason"], detail?: string): void {
    this.#actions.push({ do: "discard", span, reason, ...(detail === undefined ? {} : { detail }) });
  }
}
