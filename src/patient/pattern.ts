/**
 * Patterns come from a site's configuration, and what they are tried on comes from whatever somebody holds under a
 * scanner. A pattern that can backtrack without end would stop the whole gateway, so those are refused.
 */

/** A pattern that must match the whole of a text, or the sentence that says why it is refused. */
export type Pattern = { readonly regexp: RegExp } | { readonly mistake: string };

/** Ways, as a power of two, in which a text may be tried before it fails. */
const mostBits = 22;
/** A part without a limit can end at each of an identifier's 64 characters. */
const unlimitedBits = 6;

/** Compiles a pattern for whole identifiers of at most 64 characters. */
export function compilePattern(pattern: string): Pattern {
  try {
    // By itself first: `a)|(b` would be valid once it is wrapped, and mean something else.
    new RegExp(pattern, "u");
  } catch (error) {
    return { mistake: `This is no regular expression: ${error instanceof Error ? error.message : String(error)}.` };
  }
  const mistake = costly(pattern);
  return mistake === undefined ? { regexp: new RegExp(`^(?:${pattern})$`, "u") } : { mistake };
}

/** Why a valid pattern may be too costly: a choice within a repetition, or too many choices beside each other. */
function costly(pattern: string): string | undefined {
  if (/\\[1-9k]/.test(pattern)) return "A pattern may not refer back to a group.";
  // What remains has one character for each that is matched, and the signs of groups, choices and repetitions.
  const plain = pattern
    .replace(/\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|.)/gu, "x")
    .replace(/\[[^\]]*\]/gu, "x")
    .replace(/\(\?(?:<?[=!]|:|<[^>]*>)/gu, "(");
  const groups = [{ choice: false }];
  let bits = 0;
  for (let i = 0; i < plain.length; i++) {
    const char = plain.charAt(i);
    if (char === "(") groups.push({ choice: false });
    const within = char === ")" ? groups.pop() : undefined;
    const outer = groups.at(-1);
    if (outer === undefined || char === "(") continue;
    if (char === "|") bits += 1;
    if (char === "|" || within?.choice) outer.choice = true;

    const repetition = /^([*+?]|\{(\d+)(?:(,)(\d*))?\})\??/.exec(plain.slice(i + 1));
    if (repetition === null) continue;
    const [all, sign, least, varies, most] = repetition;
    i += all.length;
    if (within?.choice && sign !== "?")
      return "A repeated group may hold neither a choice (|) nor a repetition that varies (* + ? {n,m}).";
    const fixed = least !== undefined && varies === undefined;
    if (fixed) continue;
    outer.choice = true;
    if (sign === "?") bits += 1;
    else bits += most ? Math.log2(Number(most) - Number(least) + 1) : unlimitedBits;
  }
  return bits > mostBits ? "A pattern may not hold so many choices and repetitions that vary." : undefined;
}
