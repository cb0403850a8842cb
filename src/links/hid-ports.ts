import type { Problem } from "../model/problem.ts";

/** A HID interface of this machine, as far as it is needed to recognise an instrument. */
export interface HidPort {
  readonly path: string;
  /** Four lower-case hex digits, like `product`. */
  readonly vendor: string;
  readonly product: string;
  readonly serial?: string;
  readonly maker?: string;
  readonly model?: string;
  readonly usagePage?: number;
  readonly usage?: number;
}

/** The HID interfaces, or LIBRARY_MISSING: node-hid needs two system libraries, and machines without HID do not. */
export async function listHidPorts(): Promise<
  { readonly ok: true; readonly ports: readonly HidPort[] } | { readonly ok: false; readonly problem: Problem }
> {
  try {
    const { devicesAsync } = await import("node-hid");
    const found = await devicesAsync();
    return {
      ok: true,
      ports: found.flatMap((hid) =>
        hid.path === undefined
          ? []
          : [
              {
                path: hid.path,
                vendor: hex4(hid.vendorId),
                product: hex4(hid.productId),
                ...(hid.serialNumber ? { serial: hid.serialNumber } : {}),
                ...(hid.manufacturer ? { maker: hid.manufacturer } : {}),
                ...(hid.product ? { model: hid.product } : {}),
                ...(hid.usagePage === undefined ? {} : { usagePage: hid.usagePage }),
                ...(hid.usage === undefined ? {} : { usage: hid.usage }),
              },
            ],
      ),
    };
  } catch (error) {
    const cause = error instanceof Error ? error.message.split("\n")[0] : String(error);
    const detail = `node-hid does not load (${cause}); install libudev1 and libusb-1.0-0`;
    return { ok: false, problem: { code: "LIBRARY_MISSING", detail } };
  }
}

function hex4(id: number): string {
  return id.toString(16).padStart(4, "0");
}
