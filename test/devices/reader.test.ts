import { expect, test } from "vitest";
import { readerOf } from "../../src/devices/reader.ts";
import { profileOf, siteOf } from "../kit/site.ts";
import { toyDriver } from "../kit/toy-driver.ts";

const links = {
  serial: { serial: { path: "/dev/ttyS0" } },
  usb: { usb: { vendor: "0403" } },
  tcp: { tcp: { host: "10.0.0.7", port: 4001 } },
  listen: { listen: { port: 4001 } },
  hid: { hid: { vendor: "0922" } },
  file: { file: { path: "recording.jsonl" } },
};

/** The links over which a driver of this input is read. */
async function readsOver(input: "stream" | "reports"): Promise<readonly string[]> {
  const fit: string[] = [];
  for (const { id, link } of siteOf(links).devices) {
    const made = await readerOf(profileOf(), async () => ({ ...toyDriver, input }), link);
    if (made.ok) fit.push(id);
    else expect(made.problem).toMatchObject({ code: "PROFILE_INVALID", detail: expect.stringContaining("hid") });
  }
  return fit;
}

test("a driver is given only what it reads: reports over HID, bytes over the others, either from a recording", async () => {
  expect(await readsOver("reports")).toEqual(["hid", "file"]);
  expect(await readsOver("stream")).toEqual(["serial", "usb", "tcp", "listen", "file"]);
});
