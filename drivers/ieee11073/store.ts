import type { Finding, Span } from "../../src/driver-kit/contract.ts";
import { type AgentEvent, apdu, data, prefixed } from "./apdu.ts";
import { type Configuration, codeOf } from "./configuration.ts";
import { objectClass } from "./nomenclature.ts";
import { numberText, wireValue } from "./numbers.ts";
import { bigEndian, hex, Reader } from "./reader.ts";
import { deviceTime } from "./time.ts";

/** Actions of a PM-store, the object in which a device keeps results. Those that clear it are not here. */
export const action = { segmentInfo: 0x0c0d, transferSegment: 0x0c1c } as const;

/** Segment data, which the device sends piece by piece once a transfer was asked for. */
export const segmentData = 0x0d21;

/** The segment that is read: meters have this one. */
const segment = 0;

/** The object in which the device keeps its results, by handle. */
export function storeOf(configuration: Configuration | undefined): number | undefined {
  return [...(configuration ?? [])].find(([, object]) => object.class === objectClass.store)?.[0];
}

/** Asks which segments there are. */
export function getSegments(invoke: number, store: number): Uint8Array {
  return data(invoke, 0x0107, [
    ...bigEndian(store, 2),
    ...bigEndian(action.segmentInfo, 2),
    ...prefixed([0, 1, ...prefixed([0, 0])]),
  ]);
}

/** Asks for the contents of the segment. */
export function transferSegment(invoke: number, store: number): Uint8Array {
  const about = [...bigEndian(store, 2), ...bigEndian(action.transferSegment, 2)];
  return data(invoke, 0x0107, [...about, ...prefixed(bigEndian(segment, 2))]);
}

/** What becomes of a transfer that was asked for. */
export type Transfer = "comes" | "later" | "empty" | "refused";

/** Reads the answer to `transferSegment`; nothing where it answers something else. */
export function readTransfer(body: Uint8Array): Transfer | undefined {
  const reader = new Reader(body);
  reader.unsigned(2);
  const asked = reader.unsigned(2);
  const answer = new Reader(reader.octets());
  const of = answer.unsigned(2);
  const result = answer.unsigned(2);
  if (!reader.sound || !answer.sound || asked !== action.transferSegment || of !== segment) return undefined;
  switch (result) {
    case 0:
      return "comes";
    case 2:
      return "later";
    case 3:
      return "empty";
    default:
      return "refused";
  }
}

/** A piece of a segment. */
export interface SegmentData {
  /** What the answer repeats of it: the segment, the first entry's index, the number of entries. */
  readonly about: Uint8Array;
  readonly last: boolean;
  readonly entries: readonly Entry[];
}

interface Entry {
  readonly time: Uint8Array;
  readonly value: Uint8Array;
  readonly status: Uint8Array;
}

const aboutLength = 10;
const lastPiece = 0x4000;

/** Reads segment data whose entries are a time, an SFLOAT and a status; nothing where they do not fill it. */
export function readSegmentData(body: Uint8Array): SegmentData | undefined {
  const reader = new Reader(body);
  const of = reader.unsigned(2);
  reader.unsigned(4);
  const count = reader.unsigned(4);
  const status = reader.unsigned(2);
  const contents = reader.octets();
  if (!reader.sound || of !== segment || contents.length !== count * 12) return undefined;
  const entries = Array.from({ length: count }, (_, i): Entry => {
    const entry = contents.subarray(12 * i, 12 * i + 12);
    return { time: entry.subarray(0, 8), value: entry.subarray(8, 10), status: entry.subarray(10, 12) };
  });
  return { about: body.subarray(0, aboutLength), last: (status & lastPiece) !== 0, entries };
}

/** Tells the device that a piece was stored; it goes on with the next. */
export function segmentDataResponse({ object, invoke }: AgentEvent, { about }: SegmentData): Uint8Array {
  const reply = [...bigEndian(object, 2), 0xff, 0xff, 0xff, 0xff, ...bigEndian(segmentData, 2)];
  return data(invoke, 0x0201, [...reply, ...prefixed([...about, 0x00, 0x80])]);
}

/** Ends the association. */
export function releaseRequest(): Uint8Array {
  return apdu(0xe400, [0, 0]);
}

/** Whole mg/dL as the meters have them, with an exponent of zero, or one of the special values. */
function isWhole(value: Uint8Array): boolean {
  const all = codeOf(value) ?? 0xffff;
  return all <= 0x0802;
}

/**
 * The stored results of a glucose meter, in mg/dL. A status that is not zero may mean a meal or control solution, and
 * which is not known: all that was said goes to the channel `other`, and is held.
 *
 * @param meter model and serial number, which make a result this one beside its time and value.
 */
export function storedFindings({ entries }: SegmentData, meter: string, span: Span): readonly Finding[] | undefined {
  const all: Finding[] = [];
  for (const { time, value, status } of entries) {
    const at = deviceTime(time);
    if (at === undefined || !isWhole(value)) return undefined;
    const marked = codeOf(status) !== 0;
    const text = `glucose ${numberText(value)}, status ${hex(status)}`;
    all.push({
      ...(marked
        ? { channel: "other", value: { kind: "text", text } }
        : { channel: "glucose", value: wireValue(value) }),
      kind: "patient",
      deviceTime: at,
      ...(at.local === undefined ? {} : { identity: `${meter} ${at.text}` }),
      span,
    });
  }
  return all;
}
