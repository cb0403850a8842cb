import type { TypedRejection } from "./barcode.ts";

/** Why a typed identifier was refused, for whoever typed it. Never holds the identifier. */
export function typedWords(reason: TypedRejection): string {
  return words[reason];
}

const words: Readonly<Record<TypedRejection, string>> = {
  "no-rule": "no barcode rule says what such an identifier looks like, so a typing error would go unseen",
  "too-long": "it is longer than any identifier",
  "control-character": "it holds a control character",
  symbology: "the rule takes it from another kind of barcode",
  gs1: "it is no sound GS1 number of 18 digits",
  prefix: "the prefix of the barcode is another",
  length: "its length is not what the rule says",
  pattern: "it has not the pattern of the rule, or blanks at its ends",
  "check-digit": "its check digit is wrong",
  ambiguous:
    "with and without the prefix of its barcode, or by two issuers, it names different ones; give the prefix too, or --authority",
  "other-kind":
    "as a scanned code it means something else here, such as a badge or a specimen; if it only lacks the prefix of its barcode, give that too",
};
