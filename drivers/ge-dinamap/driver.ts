import { z } from "zod";
import type { Action, Driver, Finding, Session, Span } from "../../src/driver-kit/contract.ts";
import { envelope } from "../../src/driver-kit/framers/envelope.ts";
import type { Framer, Piece } from "../../src/driver-kit/framers/piece.ts";
import { offerAgain } from "../../src/driver-kit/offer-again.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import { checksum, message } from "./checksum.ts";
import { nibpHistory, temperatureHistory } from "./determinations.ts";
import { nibpFindings, oximetryFindings, rateFindings, temperatureFindings, type Wire } from "./findings.ts";
import { commands, decode, type Nibp, type Rate, type Reply, type Temperature } from "./replies.ts";

const options = z.strictObject({
  pollMs: z.number().int().min(1000).max(10_000).default(1000).describe("pause between two rounds of questions"),
  replyMs: z.number().int().min(200).max(10_000).default(1000).describe("how long to wait for a reply"),
  replyChecksum: z
    .enum(["strict", "warn"])
    .default("strict")
    .describe("a reply with another checksum is discarded, or taken and flagged"),
  spotEverySeconds: z
    .number()
    .int()
    .min(0)
    .max(3600)
    .default(0)
    .describe("report SpO2, pulse and monitored temperature so often; 0: only with a determination"),
});

type Options = z.output<typeof options>;

/** GE Dinamap Pro, ProCare and Carescape V100: asked about once a second, with read commands only. */
export const driver: Driver<Options> = {
  id: "ge-dinamap",
  version: "1",
  input: "stream",
  integrity: "checksum",
  options,
  session: (chosen) => offerAgain(session(chosen)),
};

function session({ pollMs, replyMs, replyChecksum, spotEverySeconds }: Options): Session {
  const framer = replyFramer(replyChecksum === "strict");
  const nibp = nibpHistory();
  const temperature = temperatureHistory();
  let receipt = 0;
  /** Which command of the round is unanswered; none between two rounds. */
  let asked: number | undefined;
  let round: Round = newRound();
  let sinceSpotMs = 0;
  /** Determinations of which no reply has come since the sensors were read. */
  const unheardSinceSpot = new Set<Reply["command"]>();

  function ask(index: number): readonly Action[] {
    const command = commands[index];
    if (command !== undefined) {
      asked = index;
      return [
        { do: "write", bytes: bytesOf(message(command)) },
        { do: "wake", afterMs: replyMs },
      ];
    }
    asked = undefined;
    const findings = [...round.findings, ...spot(), ...cuffPulse()];
    round = newRound();
    return [
      ...(findings.length > 0 ? [{ do: "report", receipt: ++receipt, findings } as const] : []),
      { do: "wake", afterMs: pollMs },
    ];
  }

  function take(reply: Reply, wire: Wire): void {
    const heardSinceSpot = !unheardSinceSpot.delete(reply.command);
    switch (reply.command) {
      case "NA": {
        const novelty = nibp.see(reply);
        // A failure from before the connection concerns nobody who is waiting for it.
        if (novelty === "known" || (novelty === "earlier" && reply.status !== "1")) return;
        const findings = nibpFindings(reply, wire);
        round.findings.push(...findings);
        if (reply.status !== "1" || findings.length === 0) return;
        round.determination = reply;
        round.completed ||= novelty === "new" && (heardSinceSpot || youngerThanSpot(reply));
        return;
      }
      case "TC": {
        if (reply.mode === "monitor" && reply.status === "idle") {
          round.live.push(...temperatureFindings(reply, wire));
          return;
        }
        const novelty = temperature.see(reply);
        if (novelty === "known") return;
        const findings = temperatureFindings(reply, wire);
        round.findings.push(...findings);
        if (reply.status !== "idle" || findings.length === 0) return;
        round.completed ||= novelty === "new" && (heardSinceSpot || youngerThanSpot(reply));
        return;
      }
      case "OA":
        round.live.push(...oximetryFindings(reply, wire));
        return;
      case "RA":
        round.rate = { reply, wire };
        return;
      default:
        reply satisfies never;
    }
  }

  /**
   * Whether it was certainly completed after the sensors were read. A reply that is the first since then may show what
   * was complete before: only its age tells, in whole seconds.
   */
  function youngerThanSpot({ age = Number.POSITIVE_INFINITY }: Nibp | Temperature): boolean {
    return (age + 1) * 1000 < sinceSpotMs * 0.99;
  }

  /**
   * The monitor streams saturation, pulse and monitored temperature without end. They are a reading when a
   * determination has just completed, or when the time that the site has set is over. The questions of a round come one
   * after another, so determinations that complete at once may be seen in one round and the next: they share a reading.
   */
  function spot(): readonly Finding[] {
    const { completed, live, rate } = round;
    if (!completed && (spotEverySeconds === 0 || sinceSpotMs < spotEverySeconds * 1000)) return [];
    const saturated = live.some((finding) => finding.channel === "SPO2");
    const pulse = rate?.reply.source === "oximeter" && saturated ? rateFindings(rate.reply, rate.wire) : [];
    if (live.length > 0) {
      sinceSpotMs = 0;
      unheardSinceSpot.add("NA").add("TC");
    }
    return [...live, ...pulse];
  }

  /** A pulse counted by the cuff belongs to its determination, and is as old as that. */
  function cuffPulse(): readonly Finding[] {
    const { determination, rate } = round;
    if (determination === undefined || rate?.reply.source !== "nibp") return [];
    return rateFindings(rate.reply, rate.wire, determination.age);
  }

  function hear(bytes: Uint8Array, span: Span): readonly Action[] {
    const text = latin1(bytes);
    const body = text.slice(0, -3);
    const reply = decode(body.slice(1));
    if (reply === undefined) return [{ do: "discard", span, reason: "malformed" }];
    if (asked === undefined || reply.command !== commands[asked])
      return [{ do: "discard", span, reason: "unsolicited" }];
    take(reply, { span, sound: text.slice(-3, -1) === checksum(body) });
    return ask(asked + 1);
  }

  function settle(pieces: readonly Piece[]): readonly Action[] {
    return pieces.flatMap((piece): readonly Action[] =>
      piece.is === "frame"
        ? hear(piece.bytes, piece.span)
        : [{ do: "discard", span: piece.span, reason: piece.reason }],
    );
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
          return ask(0);
        case "data":
          return settle(framer.push(event.bytes));
        case "wake": {
          const next = asked === undefined ? 0 : asked + 1;
          const passedMs = asked === undefined ? pollMs : replyMs;
          nibp.passed(passedMs, asked !== undefined && commands[asked] === "NA");
          sinceSpotMs += passedMs;
          asked = undefined;
          return [...settle(framer.flush("silence")), ...ask(next)];
        }
        case "close":
          asked = undefined;
          return settle(framer.flush("close"));
        case "stored":
        case "refused":
          return [];
        default:
          return event satisfies never;
      }
    },
  };
}

/** What one round of questions has brought so far; it is reported as a whole, so that what goes together comes together. */
interface Round {
  readonly findings: Finding[];
  /** Streaming values, a reading only if `spot` says so. */
  readonly live: Finding[];
  completed: boolean;
  determination?: Nibp;
  rate?: { readonly reply: Rate; readonly wire: Wire };
}

function newRound(): Round {
  return { findings: [], live: [], completed: false };
}

/** A reply begins with the unit id, a space, and the command, and ends with two checksum characters and CR. */
function replyFramer(strict: boolean): Framer {
  return envelope({
    starts: commands.map((command) => ` ${command}`),
    ends: ["\r"],
    bound: 64,
    check(frame) {
      const text = latin1(frame);
      if (text.length < 6) return "malformed";
      return !strict || text.slice(-3, -1) === checksum(text.slice(0, -3)) ? "ok" : "checksum";
    },
  });
}
