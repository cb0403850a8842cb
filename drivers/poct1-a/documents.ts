import type { DiscardReason, Span } from "../../src/driver-kit/contract.ts";

export type DocumentPiece =
  /** `text` has one Latin-1 character a byte. */
  | { readonly is: "document"; readonly text: string; readonly span: Span }
  | { readonly is: "discard"; readonly reason: DiscardReason; readonly span: Span };

/** A message's own element, such as `OBS.R01`. None stands within another. */
const message = /^<[A-Z]{3}\.R\d\d[\s/>]/;

/**
 * Cuts a stream into XML documents, which follow each other without any mark: one ends where its first element is
 * closed. A message's element, or an XML declaration, within another document means that the earlier one lost its end.
 */
export class Documents {
  readonly #bound: number;
  #at = 0;
  /** What came of the document at hand: all before the tag at hand, and that tag. Never searched as a whole. */
  #text = "";
  #tag = "";
  #state: "between" | "text" | "tag" | "quote" | "comment" = "between";
  #quote = "";
  #depth = 0;
  /** The two characters before. */
  #before = "";
  #noiseFrom = -1;
  #pieces: DocumentPiece[] = [];

  constructor(bound: number) {
    this.#bound = bound;
  }

  /** A document or noise has begun that is not ended. */
  get unfinished(): boolean {
    return this.#state !== "between" || this.#noiseFrom >= 0;
  }

  push(bytes: Uint8Array): readonly DocumentPiece[] {
    for (const byte of bytes) {
      this.#character(String.fromCharCode(byte), this.#at++);
      if (this.#text.length + this.#tag.length >= this.#bound) this.#drop("too-long");
    }
    return this.#taken();
  }

  /** Nothing more comes of what is unfinished. */
  end(): readonly DocumentPiece[] {
    this.#endNoise(this.#at);
    this.#drop("cut");
    return this.#taken();
  }

  #taken(): readonly DocumentPiece[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  #character(character: string, at: number): void {
    switch (this.#state) {
      case "between":
        if (character === "<") {
          this.#endNoise(at);
          this.#openTag();
          // Line ends and a byte order mark between documents are nobody's.
        } else if (this.#noiseFrom < 0 && !/[\s\u00ef\u00bb\u00bf]/.test(character)) this.#noiseFrom = at;
        return;
      case "text":
        if (character === "<") this.#openTag();
        else this.#text += character;
        return;
      case "tag":
        if (character === "<") {
          this.#text += this.#tag;
          this.#openTag();
          return;
        }
        this.#tag += character;
        if (this.#tag.length === 4 && this.#tag === "<!--") this.#state = "comment";
        else if (character === ">") this.#tagClosed();
        else if (character === '"' || character === "'") {
          this.#state = "quote";
          this.#quote = character;
        }
        break;
      case "quote":
        this.#tag += character;
        if (character === this.#quote) this.#state = "tag";
        break;
      case "comment":
        this.#tag += character;
        if (character === ">" && this.#before === "--" && this.#tag.length > 6) this.#tagClosed();
        break;
      default:
        this.#state satisfies never;
    }
    this.#before = this.#before.slice(-1) + character;
  }

  #openTag(): void {
    this.#tag = "<";
    this.#state = "tag";
  }

  #tagClosed(): void {
    const tag = this.#tag;
    if (this.#depth > 0 && (message.test(tag) || tag.startsWith("<?xml"))) this.#beginAnew();
    this.#text += tag;
    this.#tag = "";
    this.#state = "text";
    if (tag.startsWith("<?") || tag.startsWith("<!")) return;
    if (tag.startsWith("</")) this.#depth--;
    else if (!tag.endsWith("/>")) this.#depth++;
    if (this.#depth > 0) return;
    this.#pieces.push({ is: "document", text: this.#text, span: { from: this.#at - this.#text.length, to: this.#at } });
    this.#reset();
  }

  /** What came before the tag at hand is a document that lost its end. */
  #beginAnew(): void {
    const to = this.#at - this.#tag.length;
    this.#pieces.push({ is: "discard", reason: "cut", span: { from: to - this.#text.length, to } });
    this.#text = "";
    this.#depth = 0;
  }

  #drop(reason: "cut" | "too-long"): void {
    const length = this.#text.length + this.#tag.length;
    if (length > 0) this.#pieces.push({ is: "discard", reason, span: { from: this.#at - length, to: this.#at } });
    this.#reset();
  }

  #reset(): void {
    this.#text = "";
    this.#tag = "";
    this.#state = "between";
    this.#depth = 0;
    this.#before = "";
  }

  #endNoise(to: number): void {
    if (this.#noiseFrom >= 0)
      this.#pieces.push({ is: "discard", reason: "noise", span: { from: this.#noiseFrom, to } });
    this.#noiseFrom = -1;
  }
}
