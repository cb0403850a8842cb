/** What the log says of an exception: its kind and place, but not its text, which may hold what an instrument said. */
export function faultFields(error: unknown): { readonly kind: string; readonly where: readonly string[] } {
  if (!(error instanceof Error)) return { kind: typeof error, where: [] };
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return { kind: error.name, where: frames.slice(0, 3).map((line) => line.trim()) };
}
