import { envelope } from "../../src/driver-kit/framers/envelope.ts";
import type { Framer } from "../../src/driver-kit/framers/piece.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import type { Decoded, Packet } from "./packet.ts";

/** Written for a load beyond the scale's range (Pro Plus 1100KL manual). */
const overload = "999.99";

/**
 * Cuts the unsolicited stream into packets from `ESC R` (on some "L" serials `6R`) to `ESC E`. A packet carries no
 * checksum and no line end; the last start before an end counts, for connecting in the middle of a packet is normal.
 * Pelstar Communication Protocols REV 2023-07-11.
 */
export function escFramer(): Framer {
  return envelope({ starts: ["\x1bR", "6R"], ends: ["\x1bE"], bound: 256 });
}

/**
 * Reads a packet field by field; fields with other letters than I W H B T N are passed over. Weight and unit must be
 * sound. Height, BMI and tare of zero mean "not used", and an unsound one of them is left out: firmware 3.2.02 of the
 * 600KL writes garbage as height, which must not cost the weight.
 */
export function decodeEsc(frame: Uint8Array): Decoded {
  const fields = new Map<string, string>();
  for (const field of latin1(frame).split("\x1b")) {
    const letter = field.slice(0, 1);
    if (!"IWHBTN".includes(letter) || letter === "") continue;
    if (fields.has(letter)) return { is: "malformed", detail: `field ${letter} twice` };
    fields.set(letter, field.slice(1));
  }
  const weight = fields.get("W");
  const unit = fields.get("N");
  const id = fields.get("I") ?? "";
  if (weight === undefined) return { is: "malformed", detail: "no weight" };
  if (unit !== "m" && unit !== "c") return { is: "malformed", detail: "no unit m or c" };
  if (!/^-?[0-9]{1,4}\.[0-9]{1,3}$/.test(weight)) return { is: "malformed", detail: "weight is no number" };
  if (!/^([0-9]{10})?$/.test(id)) return { is: "malformed", detail: "identifier is not ten digits" };
  if (weight === overload || Number(weight) <= 0) return { is: "no-load" };

  const height = used(fields.get("H"));
  const bmi = used(fields.get("B"));
  const tare = used(fields.get("T"));
  const packet: Packet = {
    weight,
    unit,
    ...(height === undefined ? {} : { height }),
    ...(bmi === undefined ? {} : { bmi }),
    ...(tare === undefined ? {} : { tare }),
    ...(/^0*$/.test(id) ? {} : { patient: id }),
  };
  return { is: "packet", packet };
}

/** The digits of a field that holds a value; nothing for zero, which means "not used", and for what is no number. */
function used(field: string | undefined): string | undefined {
  if (field === undefined || !/^[0-9]{1,4}\.[0-9]{1,3}$/.test(field) || Number(field) === 0) return undefined;
  return field;
}
