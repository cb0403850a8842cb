import { ACK, CR, ENQ, EOT, LF, NAK, STX } from "./control.ts";
import { type Frame, STANDARD_TEXT, sameFrame } from "./frame.ts";
import { type FramePiece, FrameReader, type FrameRules, isFrameNumber } from "./frame-reader.ts";
import type { Out, Upper } from "./line.ts";
import { Noise } from "./noise.ts";

/** What a receiver lets pass that the standard does not. */
export interface ReceiverRules extends FrameRules {
  /** `any`: a number out of turn is accepted where nothing can have been lost before it. */
  readonly frameNumbers: "consecutive" | "any";
  readonly enqInTransfer: "restart" | "refuse";
  /** A first frame that no ENQ announced. */
  readonly withoutEnq: "accept" | "ignore";
}

/** LIS01: the receiver gives a silent transfer up after 30 s. */
const SILENCE_MS = 30_000;
/** How long CR LF may be late, where they may be missing, before a frame counts as ended without them. */
const TAIL_MS = 300;
/** How long a frame that is spoilt already, or noise, may pause before it counts as ended. */
const SPOILT_MS = 2000;
/** An instrument waits 15 s for its answer. Before that it is asked to send the frame once more. */
const HOLD_MS = 10_000;

interface Held {
  readonly frame: Frame;
  /** Bytes that came meanwhile, read once the answer is known. */
  readonly queue: number[];
  readonly queueFrom: number;
}

/** Bytes that may wait behind a held frame. An instrument that waits for its answer sends none. */
const MOST_QUEUED = 65_536;

/**
 * The receiving side of LIS01, byte by byte: which frames are taken, and what is answered. Its decisions depend on the
 * byte at hand and its own state alone. Only the last word of the instrument is answered: whoever has gone on to
 * another frame, an ENQ or EOT does not wait for the earlier answer any more, and would take it for the next one's.
 */
export class Receiver {
  readonly #rules: ReceiverRules;
  readonly #upper: Upper;
  readonly #out: Out;
  readonly #reader: FrameReader;
  #inTransfer = false;
  #expected = 1;
  #last: Frame | undefined;
  /** Something was not understood since the last good frame, so that one may be missing. */
  #doubt = false;
  /**
   * The instrument went on where it was asked to repeat. Nothing more is taken of this transfer: eight frames on, the
   * number that is missing comes again, and would be taken for it.
   */
  #lost = false;
  #held: Held | undefined;
  /** Held for too long: refused on the line, while the answer to it is still to come. */
  #late: { readonly frame: Frame; readonly current: boolean } | undefined;
  #reply: number | undefined;
  /** A refused bid does not lengthen the transfer that it was refused for. */
  #bidRefused = false;
  readonly #noise: Noise;
  #alarmFor: "nothing" | "noise" | "frame" | "transfer" = "nothing";

  constructor(rules: ReceiverRules, upper: Upper, out: Out) {
    this.#rules = rules;
    this.#upper = upper;
    this.#out = out;
    this.#reader = new FrameReader(rules);
    this.#noise = new Noise((span) => out.discard(span, "noise", "bytes that start no frame"));
  }

  /** The line is free: nothing is being received. */
  get neutral(): boolean {
    return !this.#inTransfer && this.#held === undefined && this.#reader.phase === "idle";
  }

  byte(byte: number, at: number): void {
    if (this.#held !== undefined) {
      this.#enqueue(this.#held, byte, at);
      return;
    }
    if (byte === STX || byte === ENQ || byte === EOT) {
      this.#piece(this.#reader.interrupt(at));
      this.#reply = undefined;
      // The interrupted frame may have been a good one that is held now.
      if (this.#held !== undefined) {
        this.byte(byte, at);
        return;
      }
    }
    if (byte === STX && (this.#inTransfer || this.#rules.withoutEnq === "accept")) {
      this.#noise.end();
      this.#reader.start(at);
    } else if (byte === ENQ) this.#enquiry(at);
    else if (byte === EOT) this.#end(this.#doubt ? "broken" : "closed", at);
    else if (this.#reader.phase !== "idle") this.#piece(this.#reader.push(byte, at));
    else if (this.#inTransfer && isFrameNumber(byte)) {
      this.#noise.end();
      this.#doubt = true;
      this.#reader.startHeadless(byte, at);
    } else this.#noiseAt(byte, at);
  }

  /** The alarm rang; `at` is the offset of the next byte. */
  wake(at: number): void {
    const held = this.#held;
    if (held !== undefined) {
      this.#held = undefined;
      this.#late = { frame: held.frame, current: true };
      this.#doubt = true;
      this.#reply = NAK;
      this.#drain(held);
    } else if (this.#reader.phase !== "idle") {
      this.#alarmFor = "nothing";
      this.#piece(this.#reader.silence(at));
    } else {
      this.#alarmFor = "nothing";
      this.#end("broken", at);
    }
  }

  /** The layer above knows now whether the held frame is safe. */
  answer(ok: boolean): void {
    const held = this.#held;
    if (held !== undefined) {
      this.#held = undefined;
      this.#settle(held.frame, ok);
      this.#drain(held);
    } else if (this.#late !== undefined) {
      const { frame, current } = this.#late;
      this.#late = undefined;
      if (current && ok) this.#accepted(frame);
    }
  }

  /** Writes the answer to the last word, and sets the alarm. To be called when all bytes at hand are read. */
  flush(): void {
    const replied = this.#reply !== undefined && !this.#bidRefused;
    this.#bidRefused = false;
    if (this.#reply !== undefined) this.#out.write(Uint8Array.of(this.#reply));
    this.#reply = undefined;
    if (this.#held !== undefined) return;
    const { phase } = this.#reader;
    if (phase !== "idle") {
      const tail = this.#rules.frameEnd === "any" ? TAIL_MS : SPOILT_MS;
      this.#out.arm(phase === "tail" ? tail : phase === "bad" ? SPOILT_MS : SILENCE_MS);
      this.#alarmFor = "frame";
    } else if (this.#inTransfer && (replied || this.#alarmFor !== "transfer")) {
      this.#out.arm(SILENCE_MS);
      this.#alarmFor = "transfer";
    } else if (!this.#inTransfer) {
      const due = this.#noise.pending ? "noise" : "nothing";
      if (this.#alarmFor !== due) this.#out.arm(due === "noise" ? SPOILT_MS : 0);
      this.#alarmFor = due;
    }
  }

  /** The connection is gone. */
  close(at: number): void {
    this.#piece(this.#reader.interrupt(at));
    const queued = this.#held;
    if (queued !== undefined && queued.queue.length > 0)
      this.#out.discard(
        { from: queued.queueFrom, to: queued.queueFrom + queued.queue.length },
        "cut",
        "the connection ended before these bytes were read",
      );
    this.#held = undefined;
    this.#end("broken", at);
  }

  #piece(piece: FramePiece | undefined): void {
    if (piece === undefined) return;
    if (piece.is === "frame") {
      this.#frame(piece.frame);
      return;
    }
    // Of a frame that is longer than the bound, all may have been told before it ended.
    if (piece.span.from < piece.span.to) this.#out.discard(piece.span, piece.reason, piece.detail);
    this.#doubt = true;
    if (piece.answer && this.#inTransfer) this.#reply = NAK;
  }

  #frame(read: Frame): void {
    const { span } = read;
    const remarks = [...read.remarks];
    const frame = { ...read, remarks };
    if (!this.#inTransfer) {
      // After a restart an instrument may be in mid-message: only a message's first frame is of use.
      if (frame.number !== 1 || !frame.text.startsWith("H") || this.#late !== undefined || this.#upper.busy()) {
        this.#out.discard(span, "unsolicited", "a frame outside a transfer");
        return;
      }
      remarks.push("a transfer without ENQ");
      this.#begin();
    }
    if (this.#late !== undefined) {
      if (sameFrame(frame, this.#late.frame)) {
        this.#late = undefined;
        this.#out.discard(span, "duplicate", "a frame sent again while it was being stored");
        this.#hold(frame);
      } else this.#refuse(frame, "another frame than the one that was asked for again");
      return;
    }
    if (this.#lost) {
      this.#refuse(frame, "a frame after one that is missing");
      return;
    }
    if (this.#last !== undefined && sameFrame(frame, this.#last)) {
      this.#out.discard(span, "duplicate", "a frame sent again");
      this.#reply = ACK;
      return;
    }
    if (frame.number !== this.#expected) {
      if (this.#rules.frameNumbers === "consecutive" || this.#doubt) {
        this.#refuse(frame, "a frame number out of turn");
        return;
      }
      remarks.push("a frame number out of turn");
    }
    if (frame.text.length > STANDARD_TEXT) remarks.push("a frame longer than the standard's 240 characters");
    const verdict = this.#upper.take(frame);
    if (verdict === "hold") this.#hold(frame);
    else this.#settle(frame, verdict === "accept");
  }

  /** Refuses a frame that is not the one due. */
  #refuse(frame: Frame, detail: string): void {
    this.#out.discard(frame.span, "malformed", detail);
    this.#doubt = true;
    this.#lost = true;
    this.#reply = NAK;
  }

  #hold(frame: Frame): void {
    this.#held = { frame, queue: [], queueFrom: frame.span.to };
    this.#out.arm(HOLD_MS);
    this.#alarmFor = "frame";
  }

  #settle(frame: Frame, ok: boolean): void {
    if (ok) this.#accepted(frame);
    else this.#doubt = true;
    this.#reply = ok ? ACK : NAK;
  }

  #accepted(frame: Frame): void {
    this.#last = frame;
    this.#expected = (frame.number + 1) % 8;
    this.#doubt = false;
  }

  #enqueue(held: Held, byte: number, at: number): void {
    if (held.queue.length < MOST_QUEUED) held.queue.push(byte);
    else this.#noiseAt(byte, at);
  }

  #drain(held: Held): void {
    let at = held.queueFrom;
    for (const byte of held.queue) this.byte(byte, at++);
  }

  #enquiry(at: number): void {
    this.#noise.end();
    if (this.#late !== undefined || this.#upper.busy()) {
      this.#end("broken", at);
      this.#reply = NAK;
      return;
    }
    if (this.#inTransfer && this.#last !== undefined) {
      if (this.#rules.enqInTransfer === "refuse") {
        this.#reply = NAK;
        this.#bidRefused = true;
        return;
      }
      this.#out.remark({ from: at, to: at + 1 }, "ENQ within a transfer");
      this.#end("broken", at);
    }
    this.#begin();
    this.#reply = ACK;
  }

  #begin(): void {
    this.#inTransfer = true;
    this.#expected = 1;
    this.#last = undefined;
    this.#doubt = false;
    this.#lost = false;
    this.#upper.begun();
  }

  #end(how: "closed" | "broken", at: number): void {
    this.#noise.end();
    if (!this.#inTransfer) return;
    this.#inTransfer = false;
    if (this.#late !== undefined) this.#late = { ...this.#late, current: false };
    this.#upper.ended(how, at);
  }

  #noiseAt(byte: number, at: number): void {
    // CR LF may come after a frame that was ended without them.
    if (byte !== CR && byte !== LF) this.#doubt = true;
    this.#noise.add(at);
  }
}
