import type { Action, SessionEvent } from "../../../src/driver-kit/contract.ts";
import type { Replayed } from "../../../src/driver-kit/replay.ts";
import { input } from "./damage.ts";
import type { Trial } from "./trial.ts";

/** Whatever a session was given, what it answered must keep to the contract: receipts, alarms, spans. */
export function breaches(played: Replayed, trial: Trial, lines = trial.capture.lines): readonly string[] {
  const found: string[] = [];
  const length = input(lines).length;
  let receipt = 0;
  for (const step of played.steps) {
    if (!("action" in step)) continue;
    const { action } = step;
    if (action.do === "report") {
      if (action.receipt !== ++receipt) found.push(`receipt ${action.receipt} where ${receipt} was due`);
      if (action.findings.length === 0) found.push(`report ${action.receipt} holds no finding`);
    }
    if (action.do === "wake" && !(Number.isFinite(action.afterMs) && action.afterMs >= 0))
      found.push(`a wake after ${action.afterMs} ms`);
    if (action.do === "write" && action.bytes.length === 0) found.push("a write of nothing");
  }

  const read = [...played.findings, ...played.scans].map(({ span }) => span);
  const dropped = played.discards.map(({ span }) => span).sort((a, b) => a.from - b.from);
  for (const { from, to } of [...read, ...dropped])
    if (!(Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from < to && to <= length))
      found.push(`span ${from}-${to} is not within the ${length} bytes of input`);
  for (const [i, span] of dropped.entries()) {
    const next = dropped[i + 1];
    if (next !== undefined && next.from < span.to)
      found.push(`discards ${span.from}-${span.to} and ${next.from}-${next.to} overlap`);
    const overlapped = read.find(({ from, to }) => from < span.to && span.from < to);
    if (overlapped !== undefined)
      found.push(`bytes ${span.from}-${span.to} are discarded, and read as ${overlapped.from}-${overlapped.to}`);
  }
  return found;
}

/** Channels and units outside what the profile knows. */
export function strangers(played: Replayed, { channels, ignore }: Trial): readonly string[] {
  return played.findings.flatMap(({ channel, unit }) => {
    if (ignore.includes(channel)) return [];
    const known = Object.hasOwn(channels, channel) ? channels[channel] : undefined;
    if (known === undefined) return [`channel “${channel}” is not in the profile`];
    if (unit === undefined) return [];
    return Object.hasOwn(known.units ?? {}, unit) ? [] : [`unit “${unit}” of ${channel} is not in the profile`];
  });
}

/** One event and the actions that it was answered with. */
export interface Breath {
  readonly ms: number;
  readonly event: SessionEvent;
  readonly actions: readonly Action[];
}

export function breaths(played: Replayed): readonly Breath[] {
  const found: { ms: number; event: SessionEvent; actions: Action[] }[] = [];
  for (const step of played.steps) {
    if ("event" in step) found.push({ ms: step.ms, event: step.event, actions: [] });
    else found.at(-1)?.actions.push(step.action);
  }
  return found;
}
