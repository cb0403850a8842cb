import type { SubjectRequest } from "./console/requests.ts";
import { type Amendment, type Journal, JournalError, type NewDelivery } from "./journal/journal.ts";
import type { HoldReason, Observation, Standing } from "./model/observation.ts";
import type { Binding, PatientId, Subject } from "./model/patient.ts";
import type { Instant } from "./model/times.ts";
import { sameSubject } from "./patient/association.ts";
import { identifierMistake } from "./patient/barcode.ts";
import { typedWords } from "./patient/typed-words.ts";
import type { Places } from "./places.ts";
import { type Act, type Group, groupsOf, idsOf, isElsewhere } from "./taken-together.ts";

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
  /** Holds what a person typed against the barcode rules of a place. */
  readonly typed: Places["typed"];
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

export function createDesk({ journal, now, patients, typed, address }: DeskParts): Desk {
  return {
    async act(act) {
      const done: { id: string; now: string }[] = [];
      const groups = await groupsOf(journal, act);
      // One that stands otherwise, or a typing error in the identifier, is found before any of them is changed.
      for (const group of groups) {
        check(act, group);
        if ("subject" in act) bindingOf(act, group);
      }
      for (const group of groups) {
        try {
          await decide(act, group);
        } catch (error) {
          if (!(error instanceof JournalError) || done.length === 0) throw error;
          throw new JournalError(
            error.code,
            `${error.message} (${done.length} readings before it were changed.)`,
            error,
          );
        }
        const ids = idsOf(group);
        const after = await journal.observations({ limit: 1000, ids });
        for (const { observation } of after) done.push({ id: observation.id, now: words(observation) });
      }
      return done;
    },
  };

  async function decide(act: Act, group: Group): Promise<void> {
    switch (act.do) {
      case "hold":
        return amend(act, group, "ready", { state: "held", reasons: ["by-person"] }, { recall: true });
      case "discard":
        return amend(act, group, "held", { state: "discarded", by: act.by, reason: act.reason });
      case "attach":
        return free(act, group, [...aboutThePatient, ...act.accept], bindingOf(act, group));
      case "release":
        return free(act, group, ["by-person", ...act.accept]);
      case "move":
        return move(act, group);
      default:
        return act satisfies never;
    }
  }

  /** Takes reasons away from held readings; those with none left, and somebody to belong to, are sent. */
  async function free(act: Act, group: Group, settled: readonly HoldReason[], binding?: Binding): Promise<void> {
    const groupReasons = group.members.flatMap((o) => (o.standing.state === "held" ? o.standing.reasons : []));
    const left = [...new Set(groupReasons)].filter((reason) => !settled.includes(reason));
    const unbound = binding === undefined && group.members.some((o) => o.binding === undefined);
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
    const after = group.members.map((o) => ({ ...o, ...extra, standing }));
    if (group.members.some((o) => isElsewhere(o, binding ?? o.binding, group))) {
      throw new JournalError(
        "NOT_ALLOWED",
        "What was taken together with it is filed under another: move takes it all to the right one.",
      );
    }
    const deliveries = standing.state === "ready" ? address(after, "result") : [];
    await amend(act, group, "held", standing, { ...extra, deliveries });
  }

  /**
   * The wrong patient, mended in one step: taken back from the one, filed under the other, linked by one event. What is
   * still held of the group goes along and stays held, so that nobody releases it to the wrong one later.
   */
  async function move(act: Extract<Act, { do: "move" }>, group: Group): Promise<void> {
    const binding = bindingOf(act, group);
    const there = group.members.some((o) => o.binding !== undefined && sameSubject(o.binding.subject, binding.subject));
    if (there) throw new JournalError("NOT_ALLOWED", "It is filed under this one already.");
    const standing: Standing = { state: "ready" };
    const along = group.along.map(({ observation, version }) => ({ observation: observation.id, version }));
    const filed = address(
      group.members.map((o) => ({ ...o, binding, standing })),
      "result",
    );
    try {
      // What nobody has seen yet needs no withdrawal.
      await amend(act, group, "ready", standing, { binding, along, recall: true, deliveries: filed });
    } catch (error) {
      if (!(error instanceof JournalError) || error.code !== "NOT_ALLOWED") throw error;
      const withdrawn = address(group.members, "withdrawal");
      await amend(act, group, "ready", standing, { binding, along, deliveries: [...withdrawn, ...filed] });
    }
  }

  function amend(
    act: Act,
    group: Group,
    from: Standing["state"],
    standing: Standing,
    more: Partial<Pick<Amendment, "binding" | "along" | "recall" | "deliveries">> = {},
  ): Promise<void> {
    return journal.amend({
      observations: group.members.map((o) => o.id),
      versions: group.versions,
      from,
      standing,
      deliveries: [],
      ...more,
      event: {
        at: now(),
        type: `reading-${act.do}`,
        by: act.by,
        data: {
          observations: [
            ...group.members.map((o) => o.id),
            ...(more.along ?? []).map(({ observation }) => observation),
          ],
          ...(act.reason === undefined ? {} : { reason: act.reason }),
          ...("asTyped" in act && act.asTyped === true ? { asTyped: true } : {}),
          ...("accept" in act && act.accept.length > 0 ? { accepted: act.accept } : {}),
          ...(more.binding === undefined
            ? {}
            : { subject: more.binding.subject, before: group.members[0]?.binding?.subject }),
        },
      },
    });
  }

  function bindingOf(act: Extract<Act, { subject: unknown }>, group: Group): Binding {
    const place = group.members[0]?.device.place ?? "";
    const subject = act.asTyped === true ? subjectAsTyped(act.subject) : subjectOf(act.subject, place);
    const typedSo = act.asTyped === true ? { asTyped: true as const } : {};
    return { subject, since: now(), method: "person", by: act.by, ...typedSo, verified: false };
  }

  /** Whom a scan in that place would have named. */
  function subjectOf(asked: SubjectRequest, place: string): Subject {
    const told =
      "specimen" in asked ? typed(place, asked.specimen, "specimen") : typed(place, asked.patient, "patient", asked);
    switch (told.means) {
      case "specimen":
        return { kind: "specimen", specimen: told.id };
      case "patient":
        return patientOf(told.patient, asked);
      case "nothing":
        throw new JournalError("IDENTIFIER_REFUSED", `${place}: ${typedWords(told.reason)}`);
      default:
        return told satisfies never;
    }
  }

  function subjectAsTyped(asked: SubjectRequest): Subject {
    const unsound = identifierMistake("specimen" in asked ? asked.specimen : asked.patient);
    if (unsound !== undefined) throw new JournalError("IDENTIFIER_REFUSED", typedWords(unsound));
    if ("specimen" in asked) return { kind: "specimen", specimen: asked.specimen };
    const { authority, type } = { ...patients, ...asked };
    return patientOf({ id: asked.patient, authority, type }, asked);
  }
}

/** Refuses an act on readings that stand otherwise than it needs. */
function check(act: Act, { members }: Group): void {
  const from = act.do === "hold" || act.do === "move" ? "ready" : "held";
  const other = members.find(({ standing }) => standing.state !== from);
  if (other === undefined) return;
  const { state } = other.standing;
  const todo =
    act.do === "attach" && state === "ready"
      ? "It is filed already: move takes it back and files it under the right one."
      : `This can be done with one that is ${from}.`;
  throw new JournalError("NOT_ALLOWED", `Reading ${other.id} is ${state}. ${todo} Nothing was changed.`);
}

function patientOf(patient: PatientId, asked: SubjectRequest): Subject {
  return { kind: "patient", patient, ...("visit" in asked && asked.visit !== undefined ? { visit: asked.visit } : {}) };
}

function words({ standing }: Observation): string {
  return standing.state === "held" ? `held: ${standing.reasons.join(", ")}` : standing.state;
}
