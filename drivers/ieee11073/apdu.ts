import { lengthPrefixed } from "../../src/driver-kit/framers/length-prefixed.ts";
import type { Framer } from "../../src/driver-kit/framers/piece.ts";
import { bigEndian, Reader } from "./reader.ts";

/** What an agent says, as far as the frame goes (IEEE 11073-20601, annex A). */
export type Apdu =
  /** `known` is the protocol and its encoding: 20601 in MDER. */
  | {
      readonly is: "association-request";
      readonly known: boolean;
      readonly systemId: Uint8Array;
      readonly configuration: number;
    }
  | { readonly is: "release-request" | "release-response" | "abort" }
  | AgentEvent
  /** An answer to what was asked: `ok` unless it is an error or a rejection. */
  | { readonly is: "answer"; readonly invoke: number; readonly ok: boolean; readonly body: Uint8Array }
  /** A request of the agent's own, which a manager has nothing to say to. */
  | { readonly is: "request" };

/** An event report of an object of the agent. A confirmed one waits for its response. */
export interface AgentEvent {
  readonly is: "event";
  readonly confirmed: boolean;
  readonly invoke: number;
  readonly object: number;
  readonly time: number;
  readonly type: number;
  readonly body: Uint8Array;
}

const protocol20601 = 20601;
const mder = 0x8000;
const presentation = 0xe7;
const associationRequest = 0xe2;

/**
 * APDUs in a stream, each with its type and length in front. Lengths within an APDU say the same as the outer one; there
 * is no checksum.
 */
export function apduFramer(): Framer {
  return lengthPrefixed({
    starts: ["\xe2\x00", "\xe4\x00", "\xe5\x00", "\xe6\x00", "\xe7\x00"],
    header: 6,
    total(header) {
      const [type = 0, , high = 0, low = 0, innerHigh = 0, innerLow = 0] = header;
      const length = high * 256 + low;
      const inner = innerHigh * 256 + innerLow;
      if (type === presentation) return inner === length - 2 && inner >= 6 ? length + 4 : undefined;
      if (type === associationRequest) return inner === 0x8000 ? length + 4 : undefined;
      return length === 2 ? 6 : undefined;
    },
    check: (frame) => (readApdu(frame) === undefined ? "malformed" : "ok"),
    bound: 4 + 0xffff,
  });
}

/** Reads one APDU; nothing where its fields do not fill it. */
export function readApdu(bytes: Uint8Array): Apdu | undefined {
  const reader = new Reader(bytes);
  const type = reader.unsigned(2);
  const contents = new Reader(reader.octets());
  if (!reader.sound) return undefined;
  switch (type >> 8) {
    case associationRequest:
      return readAssociationRequest(contents);
    case 0xe4:
      return { is: "release-request" };
    case 0xe5:
      return { is: "release-response" };
    case 0xe6:
      return { is: "abort" };
    case presentation: {
      const data = new Reader(contents.octets());
      return contents.sound ? readData(data) : undefined;
    }
    default:
      return undefined;
  }
}

function readAssociationRequest(reader: Reader): Apdu | undefined {
  reader.unsigned(4);
  const offers = reader.list((offer) => ({ protocol: offer.unsigned(2), details: offer.octets() }));
  const offer = offers.find(({ protocol }) => protocol === protocol20601);
  if (!reader.sound || offers.length === 0) return undefined;
  if (offer === undefined)
    return { is: "association-request", known: false, systemId: new Uint8Array(), configuration: 0 };
  const details = new Reader(offer.details);
  details.unsigned(4);
  const encodings = details.unsigned(2);
  // Nomenclature, functional units, system type.
  details.bytes(12);
  const systemId = details.octets();
  const configuration = details.unsigned(2);
  // Which data requests it takes, and how many.
  details.bytes(4);
  details.list((option) => {
    option.unsigned(2);
    return option.octets();
  });
  if (!details.sound || systemId.length !== 8) return undefined;
  return { is: "association-request", known: (encodings & mder) !== 0, systemId, configuration };
}

function readData(reader: Reader): Apdu | undefined {
  const invoke = reader.unsigned(2);
  const choice = reader.unsigned(2);
  const body = reader.octets();
  if (!reader.sound) return undefined;
  switch (choice >> 8) {
    case 1:
      return choice <= 0x0101 ? readEvent(invoke, choice === 0x0101, new Reader(body)) : { is: "request" };
    case 2:
      return { is: "answer", invoke, ok: true, body };
    case 3:
    case 4:
      return { is: "answer", invoke, ok: false, body };
    default:
      return undefined;
  }
}

function readEvent(invoke: number, confirmed: boolean, reader: Reader): AgentEvent | undefined {
  const object = reader.unsigned(2);
  const time = reader.unsigned(4);
  const type = reader.unsigned(2);
  const body = reader.octets();
  return reader.sound ? { is: "event", confirmed, invoke, object, time, type, body } : undefined;
}

/** Accepts an association. `known`: no configuration report is needed. */
export function associationResponse(known: boolean, managerId: Uint8Array, version: Uint8Array): Uint8Array {
  const nomenclature = [0x80, 0, 0, 0];
  const details = [...version, ...bigEndian(mder, 2), ...nomenclature, 0, 0, 0, 0, 0x80, 0, 0, 0];
  const rest = [...prefixed([...managerId]), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  const result = bigEndian(known ? 0 : 3, 2);
  return apdu(0xe300, [...result, ...bigEndian(protocol20601, 2), ...prefixed([...details, ...rest])]);
}

/** The response to a confirmed configuration report: the configuration is accepted. */
export function configurationAccepted(report: AgentEvent, configuration: number): Uint8Array {
  return eventResponse({ ...report, time: 0 }, [...bigEndian(configuration, 2), 0, 0]);
}

/** The response to a confirmed event report: for a report of measurements its acknowledgement. */
export function eventResponse(to: AgentEvent, reply: readonly number[] = []): Uint8Array {
  const about = [...bigEndian(to.object, 2), ...bigEndian(to.time, 4), ...bigEndian(to.type, 2)];
  return data(to.invoke, 0x0201, [...about, ...prefixed(reply)]);
}

/** Asks for all attributes of the device itself (object 0). */
export function getDevice(invoke: number): Uint8Array {
  return data(invoke, 0x0103, [0, 0, 0, 0, 0, 0]);
}

export function releaseResponse(): Uint8Array {
  return apdu(0xe500, [0, 0]);
}

/** A presentation APDU with one request or answer. */
export function data(invoke: number, choice: number, body: readonly number[]): Uint8Array {
  return apdu(0xe700, prefixed([...bigEndian(invoke, 2), ...bigEndian(choice, 2), ...prefixed(body)]));
}

export function apdu(type: number, contents: readonly number[]): Uint8Array {
  return Uint8Array.from([...bigEndian(type, 2), ...prefixed(contents)]);
}

/** Bytes with their length in front. */
export function prefixed(bytes: readonly number[]): readonly number[] {
  return [...bigEndian(bytes.length, 2), ...bytes];
}
