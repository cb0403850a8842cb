/** Bits of EXC, whatever its width, and whether values beside them may be a reading. */
const exceptions = [
  { bit: 0x001, name: "no sensor", standing: "off" },
  { bit: 0x002, name: "defective sensor", standing: "off" },
  { bit: 0x004, name: "low perfusion", standing: "good" },
  { bit: 0x008, name: "pulse search", standing: "doubtful" },
  { bit: 0x010, name: "interference", standing: "doubtful" },
  { bit: 0x020, name: "sensor off", standing: "off" },
  { bit: 0x040, name: "ambient light", standing: "doubtful" },
  { bit: 0x080, name: "unrecognised sensor", standing: "off" },
  { bit: 0x400, name: "low signal IQ", standing: "good" },
] as const;

/** Says that Masimo SET is at work: normal, and no exception. */
const set = 0x800;

const known = exceptions.reduce((bits: number, { bit }) => bits | bit, set);

/** What the exceptions make of the values beside them. One that is not documented makes them doubtful. */
export function judge(bits: number): { standing: "good" | "doubtful" | "off"; flags: readonly string[] } {
  const there = exceptions.filter(({ bit }) => (bits & bit) !== 0);
  const strange = (bits & ~known) !== 0;
  const has = (standing: string) => there.some((one) => one.standing === standing);
  return {
    standing: has("off") ? "off" : has("doubtful") || strange ? "doubtful" : "good",
    flags: there.map(({ name }) => name),
  };
}
