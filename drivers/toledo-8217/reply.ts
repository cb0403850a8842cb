import type { Weighing } from "../../src/driver-kit/scale.ts";

const shapes = { kg: /^[0-9]{2}\.[0-9]{3}$/, lb: /^[0-9]{2}\.[0-9]{2}$/ };

/** The bits of a status byte. Bit 6 is always set, bit 5 says net, bit 4 centre of zero, bit 3 outside the zero range. */
const status = { motion: 0x01, overCapacity: 0x02, underZero: 0x04, centreOfZero: 0x10 };

/**
 * Reads a reply between STX and CR: the stable weight with as many digits as its unit has (`WW.WWW` kg, `WW.WW` lb) and
 * `N` behind it if it is net, or `?` and a status byte where there is none.
 */
export function decode(reply: string, unit: "kg" | "lb"): Weighing {
  const body = reply.slice(1, -1);
  const asked = /^\?([@-~])$/.exec(body)?.[1];
  if (asked !== undefined) return withoutWeight(asked.charCodeAt(0), asked);
  const [, digits = "", net] = /^([0-9.]{1,7})(N?)$/.exec(body) ?? [];
  if (!shapes[unit].test(digits)) return { is: "malformed", detail: `no weight in ${unit} and no status` };
  if (Number(digits) === 0) return { is: "unsettled" };
  return {
    is: "load",
    measured: [{ channel: "W", value: { kind: "number", text: digits }, ...(net === "N" ? { flags: ["net"] } : {}) }],
  };
}

function withoutWeight(byte: number, text: string): Weighing {
  if ((byte & status.motion) !== 0) return { is: "unsettled" };
  if ((byte & status.overCapacity) !== 0)
    return {
      is: "load",
      measured: [{ channel: "W", value: { kind: "absent", reason: "out-of-range", text: `?${text}` } }],
    };
  if ((byte & (status.underZero | status.centreOfZero)) !== 0) return { is: "unsettled" };
  return { is: "aside" };
}
