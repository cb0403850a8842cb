/** One packet of a scale, whichever its format. Numbers are the digits on the wire. */
export interface Packet {
  readonly weight: string;
  /** As on the wire: `m` or `c` in an ESC packet, the unit byte in hex in a fixed one. It governs the height as well. */
  readonly unit: string;
  readonly height?: string;
  readonly bmi?: string;
  readonly tare?: string;
  /** The patient identifier keyed in at the scale. */
  readonly patient?: string;
}

/** What became of a frame. `no-load`: well formed, with a weight of zero or below, or the overload text. */
export type Decoded =
  | { readonly is: "packet"; readonly packet: Packet }
  | { readonly is: "no-load" }
  | { readonly is: "malformed"; readonly detail: string };
