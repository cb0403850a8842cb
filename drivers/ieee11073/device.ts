import { latin1 } from "../../src/driver-kit/text.ts";
import type { DeviceIdentity } from "../../src/model/device.ts";
import { readAttributes } from "./configuration.ts";
import { attribute } from "./nomenclature.ts";
import { Reader } from "./reader.ts";
import { deviceTime } from "./time.ts";

const serialNumber = 1;

/**
 * What a device says of itself in the answer to `getDevice`; nothing where that cannot be read. It is known by its system
 * id where it gives no serial number, or answers (without a `body`) that it does not tell.
 */
export function identityOf(systemId: string, body: Uint8Array | undefined): DeviceIdentity | undefined {
  if (body === undefined) return { serial: systemId };
  const reader = new Reader(body);
  reader.unsigned(2);
  const attributes = readAttributes(reader);
  if (!reader.sound) return undefined;
  const value = (id: number) => attributes.find((one) => one.id === id)?.value;
  const clock = deviceTime(value(attribute.clock) ?? new Uint8Array());
  return {
    ...modelOf(value(attribute.model)),
    serial: serialOf(value(attribute.productionSpecification)) ?? systemId,
    ...(clock === undefined ? {} : { clock }),
  };
}

/** Two texts, maker and model; a device that keeps to no such form has its whole text taken for the model. */
function modelOf(value: Uint8Array | undefined): Pick<DeviceIdentity, "manufacturer" | "model"> {
  if (value === undefined) return {};
  const reader = new Reader(value);
  const manufacturer = printed(reader.octets());
  const model = printed(reader.octets());
  const parts = reader.sound ? { manufacturer, model } : { manufacturer: "", model: printed(value) };
  return {
    ...(parts.manufacturer === "" ? {} : { manufacturer: parts.manufacturer }),
    ...(parts.model === "" ? {} : { model: parts.model }),
  };
}

function serialOf(value: Uint8Array | undefined): string | undefined {
  if (value === undefined) return undefined;
  const reader = new Reader(value);
  const entries = reader.list((entry) => {
    const kind = entry.unsigned(2);
    entry.unsigned(2);
    return { kind, text: printed(entry.octets()) };
  });
  const serial = entries.find(({ kind, text }) => kind === serialNumber && text !== "");
  return reader.sound ? serial?.text : undefined;
}

/** Texts are filled up with zeros or blanks. */
function printed(bytes: Uint8Array): string {
  return latin1(bytes)
    .replace(/[^\x20-\x7e]/g, "")
    .trim();
}
