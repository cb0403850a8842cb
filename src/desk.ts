import type { Request, SubjectRequest } from "./console/requests.ts";
import {
  type Amendment,
  type Journal,
  JournalError,
  type NewDelivery,
  type StoredObservation,
} from "./journal/journal.ts";
import type { HoldReason, Observation, Standing } from "./model/observation.ts";
import type { Binding, Subject } from "./model/patient.ts";
import type { Instant } from "./model/times.ts";
import { sameSubject } from "./patient/association.ts";

type Act = Extract<Request, { do: "hold" | "attach" | "release" | "move" | "discard" }>;

/** What a person may settle by saying whose a reading is. */
const aboutThePatient: readonly HoldReason[] = [
  "no-patient",
  "outside-association",
  "unknown-patient",
  "conflicting-identifiers",
  "by-person",
];

/** What the desk needs of the gateway. */
export interface DeskParts {
  readonly journal: Journal;
  readonly now: () => Instant;
  /** The authority and type of identifiers that are given without. */
  readonly patients: { readonly authority: string; readonly type: string };
  /** Writes the deliveries of readings that are ready. */
  readonly address: (observations: readonly Observation[], purpose: "result" | "withdrawal") => readonly NewDelivery[];
}

/**
 * What named people decide about readings: to whom one belongs, that it may go, that it must not. Readings that were
 * taken together are decided together; every decision is one transaction with its event.
 */
export interface Desk {
  /** Answers how each reading stands afterwards. */
  act(act: Act): Promise<readonly { readonly id: string; readonly now: string }[]>;
}

export function createDesk({ journal, now, patients, address }: DeskParts): Desk {
  return {
    async act(act) {
      const done: { id: string; now: string }[] = [];
      for (const group of await groupsOf(act.ids)) {
        await decide(act, group);
        const after = await journal.observations({ limit: 1000, ids: group.map((o) => o.id) });
        for (const { observation } of after) done.push({ id: observation.id, now: words(observation) });
      }
      return done;
    },
  };

  async function decide(act: Act, group: readonly Observation[]): Promise<void> {
    switch (act.do) {
      case "hold":
        return amend(act, group, "ready", { state: "held", reasons: ["by-person"] }, { recall: true });
      case "discard":
        return amend(act, group, "held", { state: "discarded", by: act.by, reason: act.reason });
      case "attach": {
        const binding = bindingOf(act.subject, act.by);
        return free(act, group, [...aboutThePatient, ...act.accept], binding);
      }
      case "release":
        return free(act, group, ["by-person", ...act.accept]);
      case "move":
        return move(act, group);
      default:
        return act satisfies never;
    }
  }

  /** Takes reasons away from held readings; those with none left, and somebody to belong to, are sent. */
  async function free(
    act: Act,
    group: readonly Observation[],
    settled: readonly HoldReason[],
    binding?: Binding,
  ): Promise<void> {
    const groupReasons = group.flatMap((o) => (o.standing.state === "held" ? o.standing.reasons : []));
    const left = [...new Set(groupReasons)].filter((reason) => !settled.includes(reason));
    const unbound = binding === undefined && group.some((o) => o.binding === undefined);
    if (unbound) throw new JournalError("NOT_ALLOWED", "Nobody has said yet whose this reading is: attach it first.");
    if (left.some((reason) => reason === "control" || reason === "demo")) {
      throw new JournalError("NOT_ALLOWED", "A control or demonstration measurement never belongs to a patient.");
    }
    const standing: Standing = left.length === 0 ? { state: "ready" } : { state: "held", reasons: left };
    const extra = binding === undefined ? {} : { binding };
    if (standing.state === "held" && binding === undefined) {
      throw new JournalError(
        "NOT_ALLOWED",
        `It stays held for: ${left.join(", ")}. Name what is set aside with --accept.`,
      );
    }
    const after = group.map((o) => ({ ...o, ...extra, standing }));
    const deliveries = standing.state === "ready" ? address(after, "result") : [];
    await amend(act, group, "held", standing, { ...extra, deliveries });
  }

  /** The wrong patient, mended in one step: taken back from the one, filed under the other, linked by one event. */
  async function move(act: Extract<Act, { do: "move" }>, group: readonly Observation[]): Promise<void> {
    const binding = bindingOf(act.subject, act.by);
    const there = group.some((o) => o.binding !== undefined && sameSubject(o.binding.subject, binding.subject));
    if (there) throw new JournalError("NOT_ALLOWED", "It is filed under this one already.");
    const standing: Standing = { state: "ready" };
    const filed = address(
      group.map((o) => ({ ...o, binding, standing })),
      "result",
    );
    try {
      // What nobody has seen yet needs no withdrawal.
      await amend(act, group, "ready", standing, { binding, recall: true, deliveries: filed });
    } catch (error) {
      if (!(error instanceof JournalError) || error.code !== "NOT_ALLOWED") throw error;
      const withdrawn = address(group, "withdrawal");
      await amend(act, group, "ready", standing, { binding, deliveries: [...withdrawn, ...filed] });
    }
  }

  function amend(
    act: Act,
    group: readonly Observation[],
    from: Standing["state"],
    standing: Standing,
    more: Partial<Pick<Amendment, "binding" | "recall" | "deliveries">> = {},
  ): Promise<void> {
    return journal.amend({
      observations: group.map((o) => o.id),
      from,
      standing,
      deliveries: [],
      ...more,
      event: {
        at: now(),
        type: `reading-${act.do}`,
        by: act.by,
        data: {
          observations: group.map((o) => o.id),
          ...(act.reason === undefined ? {} : { reason: act.reason }),
          ...("accept" in act && act.accept.length > 0 ? { accepted: act.accept } : {}),
          ...(more.binding === undefined ? {} : { subject: more.binding.subject, before: group[0]?.binding?.subject }),
        },
      },
    });
  }

  function bindingOf(asked: SubjectRequest, by: string): Binding {
    return { subject: subjectOf(asked), since: now(), method: "person", by, verified: false };
  }

  function subjectOf(asked: SubjectRequest): Subject {
    if ("specimen" in asked) return { kind: "specimen", specimen: asked.specimen };
    const { authority, type } = patients;
    const patient = { id: asked.patient, authority: asked.authority ?? authority, type: asked.type ?? type };
    return { kind: "patient", patient, ...(asked.visit === undefined ? {} : { visit: asked.visit }) };
  }

  /** The whole groups that these readings are of, each once. */
  async function groupsOf(ids: readonly string[]): Promise<readonly (readonly Observation[])[]> {
    const named = await journal.observations({ limit: 1000, ids });
    for (const id of ids) {
      if (!named.some((row) => row.observation.id === id))
        throw new JournalError("NOT_FOUND", `No reading has the id ${id}.`);
    }
    const groups = new Map<string, readonly Observation[]>();
    for (const { observation } of named) {
      const { group, standing } = observation;
      if (groups.has(group)) continue;
      const members = await journal.observations({ limit: 1000, group });
      groups.set(
        group,
        members
          .toReversed()
          .map(current)
          .filter((o) => o.standing.state === standing.state),
      );
    }
    return [...groups.values()];
  }
}

const current = (row: StoredObservation): Observation => row.observation;

function words({ standing }: Observation): string {
  return standing.state === "held" ? `held: ${standing.reasons.join(", ")}` : standing.state;
}
