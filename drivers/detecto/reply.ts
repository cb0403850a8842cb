import type { Measured, Weighing } from "../../src/driver-kit/scale.ts";

/**
 * Reads a reply of the solo series without its CR: time, date, BMI, height, weight, between commas:
 * `12:00,08/07/15,21.5,5'03.0",132.3lb`. Time, date and weight must be sound; height and BMI that are zero or
 * unsound are left out, and cost no weight.
 */
export function decode(reply: string): Weighing {
  const [, time = "", date = "", bmi = "", height = "", weight = "", unit = ""] =
    /^\n?([0-9]{2}:[0-9]{2}),([0-9]{2}\/[0-9]{2}\/[0-9]{2}),([^,]*),([^,]*),(-?[0-9]{1,4}\.[0-9]{1,2})(lb|kg)$/.exec(
      reply,
    ) ?? [];
  if (unit === "") return { is: "malformed", detail: "not the five fields of a result" };
  if (Number(weight) <= 0) return { is: "unsettled" };
  // The order of day and month is not documented: the clock is kept as written, and the answer is of this moment.
  const common = { deviceTime: { text: `${time},${date}` }, ageMs: 0 };
  const measured: readonly Measured[] = [
    { channel: "weight", value: { kind: "number", text: weight }, unit },
    ...heightOf(height),
    ...(/^[0-9]{1,2}\.[0-9]$/.test(bmi) && Number(bmi) > 0
      ? [{ channel: "BMI", value: { kind: "number", text: bmi } } as const]
      : []),
  ];
  return { is: "load", measured: measured.map((one) => ({ ...one, ...common })) };
}

/** Centimetres as they are. Feet and inches are one number only as inches: `5'03.0"` is 63.0, and its flag says how. */
function heightOf(field: string): readonly Measured[] {
  const metric = /^([0-9]{2,3}\.[0-9])cm$/.exec(field)?.[1];
  if (metric !== undefined) return [{ channel: "height", value: { kind: "number", text: metric }, unit: "cm" }];
  const [, feet, inches, tenth] = /^([0-9])'([0-9]{2})\.([0-9])"$/.exec(field) ?? [];
  const whole = 12 * Number(feet) + Number(inches);
  if (tenth === undefined || Number(inches) > 11 || whole === 0) return [];
  return [{ channel: "height", value: { kind: "number", text: `${whole}.${tenth}` }, unit: "ft-in", flags: [field] }];
}
