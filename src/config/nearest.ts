/** The known word that was evidently meant, or nothing where none is near: for “did you mean”. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const asked = word.toLowerCase();
  const words = [...known];
  let best: { readonly word: string; readonly distance: number } | undefined;
  for (const candidate of words) {
    const d = distance(asked, candidate.toLowerCase());
    if (best === undefined || d < best.distance) best = { word: candidate, distance: d };
  }
  if (best !== undefined && best.distance <= Math.max(1, Math.floor(word.length / 3))) return best.word;
  const [begun, ...more] = words.filter((one) => asked.length >= 3 && one.toLowerCase().startsWith(asked));
  return more.length === 0 ? begun : undefined;
}

/** Edits (insert, remove, replace, swap of neighbours) between two words. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let d = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        d = Math.min(d, (beforeLast[j - 2] ?? 0) + 1);
      row.push(d);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
