import { z } from "zod";
import type { Action, Driver, Finding, Session, Span } from "../../src/driver-kit/contract.ts";
import type { Piece } from "../../src/driver-kit/framers/piece.ts";
import { findingsOf, identityOf } from "./findings.ts";
import {
  backwards,
  type Command,
  commands,
  decode,
  deviceTime,
  entered,
  type Reply,
  replyFramer,
  request,
  word,
} from "./packet.ts";

const options = z.strictObject({
  measures: z.enum(["blood-pressure", "temperature"]).describe("what the records of these models are"),
  models: z
    .array(z.string().regex(/^[0-9]{2,4}$/))
    .min(1)
    .describe("beginnings of the model numbers that are read; the records of any other would be misread"),
  serialNumber: z
    .enum(["given", "none"])
    .default("given")
    .describe("none: models that give no serial number, whose records are told apart by the model alone"),
  askEverySeconds: z.number().int().min(1).max(600).default(5).describe("how often to ask whether a device is there"),
  downloadEveryMinutes: z
    .number()
    .int()
    .min(1)
    .max(1440)
    .default(5)
    .describe("how often to read a device again that stays connected"),
});

type Options = z.output<typeof options>;

/** TaiDoc and Fora devices with a memory, over a serial cable: reads the records. Clock and memory stay as they are. */
export const driver: Driver<Options> = {
  id: "taidoc",
  version: "1",
  input: "stream",
  integrity: "checksum",
  options,
  session,
};

const waitMs = 1000;
const tries = 3;

/** What has been learned of the device, and what of its memory has been read in this download. */
interface Visit {
  model?: string;
  /** Where the model stood in what was heard. */
  met?: Span;
  serialLow?: readonly [number, number, number, number];
  serial?: string;
  count: number;
  index: number;
  /** The record in hand, as far as it has been read. */
  time: Reply["data"] | undefined;
  value: { readonly data: Reply["data"]; readonly span: Span } | undefined;
  readonly findings: Finding[];
  readonly identities: string[];
}

function session({ measures, models, serialNumber, askEverySeconds, downloadEveryMinutes }: Options): Session {
  const framer = replyFramer();
  let asked: { readonly command: Command; readonly tries: number } | undefined;
  let visit = newVisit();
  /** The device that was read last; while it stays it is not read again before it is due. */
  let stays: string | undefined;
  let restedMs = 0;
  let receipt = 0;
  /** Records that were reported and not refused. */
  let known = new Set<string>();
  /** Whose memory has been reported to its end: behind a known record of theirs, all are known. */
  const whole = new Set<string>();
  const unanswered = new Map<number, readonly string[]>();

  function ask(command: Command, nth = 1): readonly Action[] {
    asked = { command, tries: nth };
    const indexed = command === "recordTime" || command === "recordValue";
    return [
      { do: "write", bytes: request(command, indexed ? visit.index : 0) },
      { do: "wake", afterMs: waitMs },
    ];
  }

  function rest(): readonly Action[] {
    asked = undefined;
    return [{ do: "wake", afterMs: askEverySeconds * 1000 }];
  }

  /** The device is gone, or has been read: what was read for certain is reported. */
  function finish(complete: boolean): readonly Action[] {
    const { findings, identities } = visit;
    const owner = ownerOf(visit);
    stays = complete ? owner : undefined;
    if (complete) whole.add(owner);
    else whole.delete(owner);
    restedMs = 0;
    if (findings.length === 0) return rest();
    unanswered.set(++receipt, identities);
    known = new Set([...known, ...identities]);
    return [{ do: "report", receipt, findings }, ...rest()];
  }

  function unansweredCommand(command: Command, nth: number): readonly Action[] {
    if (nth < tries) return ask(command, nth + 1);
    if (command === "serialLow" || command === "serialHigh") return unnamed();
    return finish(false);
  }

  function answer({ command, data }: Reply, span: Span): readonly Action[] {
    const expected = asked?.command;
    if (expected === "connect" && [commands.connect, commands.model, entered].includes(command)) return ask("model");
    if (command === entered && expected !== undefined && asked !== undefined && asked.tries < tries)
      return ask(expected, asked.tries + 1);
    if (expected === undefined || command !== commands[expected])
      return [{ do: "discard", span, reason: "unsolicited" }];
    switch (expected) {
      case "connect":
        return [];
      case "model":
        return meet(backwards(data[0], data[1]), span);
      case "serialLow":
        visit.serialLow = data;
        return ask("serialHigh");
      case "serialHigh":
        if (visit.serialLow !== undefined) visit.serial = backwards(...visit.serialLow, ...data);
        return download();
      case "clock":
        return [
          {
            do: "identify",
            identity: {
              manufacturer: "TaiDoc",
              model: `TD-${visit.model}`,
              ...(visit.serial === undefined ? {} : { serial: visit.serial }),
              clock: deviceTime(data),
            },
          },
          ...ask("count"),
        ];
      case "count":
        visit.count = word(data[0], data[1]);
        // All ones: nothing stored.
        return visit.count === 0 || visit.count === 0xffff ? finish(true) : ask("recordTime");
      case "recordTime":
        return timed(data);
      case "recordValue":
        visit.value = { data, span };
        return ask("recordTime");
      default:
        return expected satisfies never;
    }
  }

  function meet(model: string, span: Span): readonly Action[] {
    if (!/^[0-9]{4}$/.test(model) || !models.some((beginning) => model.startsWith(beginning))) {
      stays = undefined;
      const detail = `model ${model} is none of those that are read`;
      return [{ do: "discard", span, reason: "not-a-reading", detail }, ...rest()];
    }
    visit = { ...newVisit(), model, met: span };
    return serialNumber === "none" ? download() : ask("serialLow");
  }

  /** Without its serial number the records of a device could be told again under another name, so none is read. */
  function unnamed(): readonly Action[] {
    const detail = "the device did not give its serial number";
    const met: readonly Action[] =
      visit.met === undefined ? [] : [{ do: "discard", span: visit.met, reason: "not-a-reading", detail }];
    return [...met, ...finish(false)];
  }

  /** A device that has been read and stays is not read again before it is due. */
  function download(): readonly Action[] {
    return stays === ownerOf(visit) && restedMs < downloadEveryMinutes * 60_000 ? rest() : ask("clock");
  }

  /**
   * The time of a record is asked before and after its value: a reply does not say which record it is of, and a new
   * measurement in between renumbers all.
   */
  function timed(data: Reply["data"]): readonly Action[] {
    const { time, value } = visit;
    if (time === undefined || value === undefined) {
      visit.time = data;
      return ask("recordValue");
    }
    visit.time = undefined;
    visit.value = undefined;
    if (time.some((byte, i) => byte !== data[i])) return finish(false);
    const record = { time, value: value.data, span: value.span };
    const owner = ownerOf(visit);
    const identity = identityOf(owner, record);
    if (known.has(identity) && whole.has(owner)) return finish(true);
    if (!known.has(identity) && !visit.identities.includes(identity)) {
      visit.findings.push(...findingsOf(record, measures, owner));
      visit.identities.push(identity);
    }
    visit.index++;
    return visit.index >= visit.count ? finish(true) : ask("recordTime");
  }

  function settle(pieces: readonly Piece[]): readonly Action[] {
    return pieces.flatMap((piece): readonly Action[] =>
      piece.is === "frame"
        ? answer(decode(piece.bytes), piece.span)
        : [{ do: "discard", span: piece.span, reason: piece.reason }],
    );
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
          return ask("connect");
        case "data":
          return settle(framer.push(event.bytes));
        case "wake": {
          const left = settle(framer.flush("silence"));
          if (asked !== undefined) {
            if (asked.command !== "connect") return [...left, ...unansweredCommand(asked.command, asked.tries)];
            // Nobody is there.
            stays = undefined;
            return [...left, ...rest()];
          }
          restedMs += askEverySeconds * 1000;
          visit = newVisit();
          return [...left, ...ask("connect")];
        }
        case "stored":
          unanswered.delete(event.receipt);
          return [];
        case "refused":
          // The device keeps them; the next download brings them again.
          for (const identity of unanswered.get(event.receipt) ?? []) known.delete(identity);
          unanswered.delete(event.receipt);
          whole.clear();
          stays = undefined;
          return [];
        case "close":
          asked = undefined;
          return settle(framer.flush("close"));
        default:
          return event satisfies never;
      }
    },
  };
}

function newVisit(): Visit {
  return { count: 0, index: 0, time: undefined, value: undefined, findings: [], identities: [] };
}

/** Whose records these are: the serial number, or the model of a device that gives none. */
function ownerOf({ serial, model = "" }: Visit): string {
  return serial ?? `TD-${model}`;
}
