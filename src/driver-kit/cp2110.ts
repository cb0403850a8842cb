import type { Action, Span } from "./contract.ts";
import type { Framer, Piece } from "./framers/piece.ts";
import type { Instrument, InstrumentAction } from "./instrument.ts";

/**
 * Silicon Labs CP2110, a HID device that is a UART: the id of an input or output report, 1 to 63, is the number of its
 * bytes that count; what follows them is padding. Two feature reports set the line and open it.
 */
type Write = Extract<Action, { do: "write" }>;

const most = 63;

/** Sets the line to 8 bits, no parity, no flow control, one stop bit, and opens it. */
export function openUart(baudRate: number): readonly Write[] {
  const rate = [24, 16, 8, 0].map((shift) => (baudRate >>> shift) & 0xff);
  return [
    { do: "write", as: "feature-report", bytes: Uint8Array.of(0x50, ...rate, 0x00, 0x00, 0x03, 0x00) },
    { do: "write", as: "feature-report", bytes: Uint8Array.of(0x41, 0x01) },
  ];
}

/** Bytes for the line, in as many output reports as they need. */
export function uartWrites(bytes: Uint8Array): readonly Write[] {
  const writes: Write[] = [];
  for (let at = 0; at < bytes.length; at += most) {
    const part = bytes.subarray(at, at + most);
    writes.push({ do: "write", bytes: Uint8Array.of(part.length, ...part) });
  }
  return writes;
}

/** Frames of the stream that input reports carry. Spans are those of the reports; ids and padding belong to the frame. */
export function uartReports(inner: Framer): Framer {
  /** Reports whose bytes may still be pending: where they stand in the stream, and where among the reports. */
  let parts: { readonly inner: Span; readonly outer: Span }[] = [];
  let taken = 0;
  let innerTaken = 0;
  let told = 0;

  function outerSpan({ from, to }: Span): Span {
    const first = parts.find((part) => from < part.inner.to);
    const last = parts.find((part) => to <= part.inner.to);
    if (first === undefined || last === undefined) return { from: taken, to: taken };
    return {
      from: from === first.inner.from ? first.outer.from : first.outer.from + 1 + from - first.inner.from,
      to: to === last.inner.to ? last.outer.to : last.outer.from + 1 + to - last.inner.from,
    };
  }

  function placed(pieces: readonly Piece[]): Piece[] {
    const found = pieces.map((piece): Piece => ({ ...piece, span: outerSpan(piece.span) }));
    const end = pieces.at(-1)?.span.to ?? 0;
    parts = parts.filter((part) => part.inner.to > end);
    for (const { span } of found) told += span.to - span.from;
    return found;
  }

  return {
    push(report) {
      const count = report[0] ?? 0;
      const outer = { from: taken, to: taken + report.length };
      if (report.length === 0) return [];
      taken = outer.to;
      if (count < 1 || count > most || report.length < 1 + count) {
        // What was begun cannot go on behind bytes that are lost.
        const left = placed(inner.flush("silence"));
        told += report.length;
        return [...left, { is: "discard", reason: "malformed", span: outer }];
      }
      parts.push({ inner: { from: innerTaken, to: innerTaken + count }, outer });
      innerTaken += count;
      return placed(inner.push(report.subarray(1, 1 + count)));
    },
    flush: (because) => placed(inner.flush(because)),
    get pending() {
      return taken - told;
    },
    limit: inner.limit * (most + 1),
  };
}

/** A simulated instrument of a byte stream, behind this chip: it hears nothing until the line is opened. */
export function overUart(instrument: Instrument): Instrument {
  let isOpen = false;
  return {
    handle(event) {
      if (event.on !== "data") return instrument.handle(event).flatMap(outward);
      const [id = 0, ...rest] = event.bytes;
      if (id === 0x41) isOpen = true;
      if (id < 1 || id > most || !isOpen) return [];
      return instrument.handle({ on: "data", bytes: Uint8Array.from(rest.slice(0, id)) }).flatMap(outward);
    },
  };
}

function outward(action: InstrumentAction): readonly InstrumentAction[] {
  return action.do === "write" ? uartWrites(action.bytes) : [action];
}
