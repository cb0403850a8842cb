/** What a top-level collection of a HID interface is for: 0x8D/0x20 is a weighing device, 0x01/0x06 a keyboard. */
export interface HidUsage {
  readonly usagePage: number;
  readonly usage: number;
}

const tags = { usagePage: 0x04, usage: 0x08, collection: 0xa0, endCollection: 0xc0 } as const;
const longItem = 0xfe;
/** Bytes of data that follow a short item, by the two low bits of its first byte. */
const sizes = [0, 1, 2, 4] as const;

/**
 * The usages of the top-level collections in a HID report descriptor (Device Class Definition for HID 1.11, section
 * 6.2.2), in their order. A descriptor cut short gives those that came before the cut.
 */
export function topUsages(descriptor: Uint8Array): readonly HidUsage[] {
  const found: HidUsage[] = [];
  let usagePage = 0;
  let usage: number | undefined;
  let depth = 0;
  for (let at = 0; at < descriptor.length; ) {
    const first = descriptor[at] ?? 0;
    if (first === longItem) {
      at += 3 + (descriptor[at + 1] ?? 0);
      continue;
    }
    const size = sizes[first & 0x03] ?? 0;
    if (at + 1 + size > descriptor.length) break;
    const data = littleEndian(descriptor.subarray(at + 1, at + 1 + size));
    at += 1 + size;
    switch (first & 0xfc) {
      case tags.usagePage:
        usagePage = data;
        break;
      case tags.usage:
        // A usage of four bytes carries its page in the upper two. The first of several names the collection.
        usage ??= size === 4 ? data : usagePage * 0x10000 + data;
        break;
      case tags.collection:
        if (depth === 0 && usage !== undefined)
          found.push({ usagePage: Math.floor(usage / 0x10000), usage: usage % 0x10000 });
        depth += 1;
        usage = undefined;
        break;
      case tags.endCollection:
        depth = Math.max(0, depth - 1);
        usage = undefined;
        break;
      default:
        // Main items (type 0) end the reach of the usages before them.
        if ((first & 0x0c) === 0) usage = undefined;
    }
  }
  return found;
}

function littleEndian(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 0x100 + byte, 0);
}
