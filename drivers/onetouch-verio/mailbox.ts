import type { Span } from "../../src/driver-kit/contract.ts";
import type { Exchange, Heard, Question, Visit } from "../../src/driver-kit/memory-session.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { frameBlock, payloadOf } from "./frames.ts";
import { blockLength, inquiry, inquiryLength, littleEndian, type Reply, readBlock, writeBlock } from "./transport.ts";

/** How long a meter may take for one command. */
const waitMs = 2000;
/** How often block 0 and an answer are read before they are given up. */
const mostReads = 3;

/** The block through which all requests and answers go. */
const mailboxBlock = 3;

/**
 * Every request that there is; each reads. Those that set the clock and erase the memory are not among them, and nothing
 * else can be sent.
 */
const requests = {
  serial: [0x03, 0xe6, 0x02, 0x00],
  model: [0x03, 0xe6, 0x02, 0x01],
  software: [0x03, 0xe6, 0x02, 0x02],
  clock: [0x03, 0x20, 0x02],
  count: [0x03, 0x27, 0x00],
} as const;

export type Request = keyof typeof requests | { readonly record: number };

/** An answer's contents after its `03 06`, and where it stood. */
export interface Answer {
  readonly contents: Uint8Array;
  readonly span: Span;
}

/** A part of a conversation that ends with what is wanted, or with nothing. */
type Part<T> = Generator<Question<Reply>, T | undefined, Heard<Reply> | undefined>;

/** A way to put requests to a meter. `openMailbox` alone makes one, so there is none before both gates are passed. */
export interface Mailbox {
  /** Writes one request and reads its answer; nothing where none comes in the form that `isAnswer` accepts. */
  request(request: Request, isAnswer: (contents: Uint8Array) => boolean): Part<Answer>;
}

/**
 * Looks whether this is a meter, by two gates that only read: the disk names LifeScan as its maker, and its first block is
 * that of a LifeScan. Anything else may be somebody's disk, to which a single write could be the loss of it.
 *
 * @returns nothing where a command was not answered, and `another disk` where a gate is closed.
 * @param nextTag the number of the next command, each time another.
 */
export function* openMailbox(visit: Visit, nextTag: () => number): Part<Mailbox | "another disk"> {
  const named = yield* command(nextTag, inquiry, inquiryLength);
  if (named === undefined) return undefined;
  if (latin1(named.reply.data.subarray(8, 16)) !== "LifeScan") {
    visit.discard(named.span, "unsolicited", "a disk of another maker than LifeScan: nothing is written to it");
    return "another disk";
  }
  const read = (tag: number) => readBlock(tag, 0);
  let first: Heard<Reply> | undefined;
  // After plugging in a disk may refuse one command, to say that it is new.
  for (let i = 0; i < mostReads && first === undefined; i++) first = yield* command(nextTag, read, blockLength);
  if (first === undefined) return undefined;
  if (!latin1(first.reply.data).includes("LIFESCAN   FAT16")) {
    visit.discard(first.span, "unsolicited", "a disk whose first block is not a meter's: nothing is written to it");
    return "another disk";
  }
  return mailbox(visit, nextTag);
}

function mailbox(visit: Visit, nextTag: () => number): Mailbox {
  const read = (tag: number) => readBlock(tag, mailboxBlock);
  return {
    *request(request, isAnswer) {
      const payload =
        typeof request === "string"
          ? requests[request]
          : [0x03, 0x31, 0x02, ...littleEndian(request.record % 0x10000, 2), 0x00];
      const write = (tag: number) => writeBlock(tag, mailboxBlock);
      const written = yield* command(nextTag, write, 0, frameBlock(payload));
      if (written === undefined) return undefined;
      for (let i = 0; i < mostReads; i++) {
        const heard = yield* command(nextTag, read, blockLength);
        if (heard === undefined) return undefined;
        const answer = payloadOf(heard.reply.data);
        const contents = answer?.subarray(2);
        const isReply = answer?.[0] === 0x03 && answer[1] === 0x06;
        if (isReply && contents !== undefined && isAnswer(contents)) return { contents, span: heard.span };
        visit.discard(heard.span, answer === undefined ? "checksum" : "unsolicited");
      }
      return undefined;
    },
  };
}

/** One command carried out wholly: its reply has its number and as much data as was asked for. */
function* command(
  nextTag: () => number,
  make: (tag: number) => Uint8Array,
  answerLength: number,
  block?: Uint8Array,
): Exchange<Reply> {
  const tag = nextTag();
  const heard = yield {
    writes: [make(tag), ...(block === undefined ? [] : [block])].map((bytes) => ({ do: "write", bytes })),
    waitMs,
    accepts: (reply) => reply.tag === tag,
  };
  if (heard === undefined) return undefined;
  const { status, residue, data } = heard.reply;
  return status === 0 && residue === 0 && data.length === answerLength ? heard : undefined;
}
