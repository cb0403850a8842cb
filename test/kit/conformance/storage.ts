import { type Answer, joined } from "../../../src/driver-kit/replay.ts";
import { latin1 } from "../../../src/driver-kit/text.ts";
import { type Breath, breaths } from "./order.ts";
import { few, play, type Trial } from "./trial.ts";

/** Reports of one capture that are looked into. */
const most = 5;

/**
 * An instrument is told that a result is safe only after `stored`. Between a report and its answer nothing is written;
 * and what `stored` makes a session write, if `refused` makes it write something else, is never written without it.
 */
export function acknowledgesAfterStored(trial: Trial): readonly string[] {
  const stored = play(trial, trial.capture.lines);
  if ("threw" in stored) return [];
  const found: string[] = [];
  const all = breaths(stored);
  for (const breath of all)
    if (reports(breath).length > 0 && written(breath) !== "")
      found.push(`at ${breath.ms} ms it writes ${JSON.stringify(written(breath))} in one breath with a report`);

  for (const receipt of all.flatMap(reports).slice(0, most)) {
    const at = all.find((breath) => reports(breath).includes(receipt));
    const answered = all.find(({ event }) => event.on === "stored" && event.receipt === receipt);
    if (at === undefined || answered === undefined) continue;
    const safe = written(answered);
    const refused = withAnswer(trial, at, receipt, "refused");
    const unanswered = withAnswer(trial, at, receipt, "none");
    if ("threw" in refused || "threw" in unanswered) {
      found.push(`throws where report ${receipt} is not stored`);
      continue;
    }
    const refusal = breaths(refused).find(({ event }) => event.on === "refused" && event.receipt === receipt);
    if (safe === "" || refusal === undefined || written(refusal) === safe) continue;
    for (const [how, played] of [["refused", refused] as const, ["not answered", unanswered] as const]) {
      const since = breaths(played);
      const reported = since.findIndex((breath) => reports(breath).includes(receipt));
      if (since.slice(reported).some((breath) => written(breath) === safe))
        found.push(`report ${receipt} was ${how}, and yet it writes ${JSON.stringify(safe)}`);
    }
  }
  return few(found);
}

/** The capture up to the moment of a report, that report answered otherwise, and a minute's time after it. */
function withAnswer(trial: Trial, { ms, event }: Breath, receipt: number, answer: Answer): ReturnType<typeof play> {
  let passed = false;
  const before = trial.capture.lines.filter((line) => {
    if (passed || line.ms > ms) return false;
    passed = event.on === "data" && "in" in line && line.in === event.bytes;
    return true;
  });
  return play(trial, [...before, { ms: ms + 60_000, event: "end" }], {
    answer: (n) => (n === receipt ? answer : "stored"),
  });
}

function reports({ actions }: Breath): readonly number[] {
  return actions.flatMap((action) => (action.do === "report" ? [action.receipt] : []));
}

function written({ actions }: Breath): string {
  return latin1(joined(actions.flatMap((action) => (action.do === "write" ? [action.bytes] : []))));
}
