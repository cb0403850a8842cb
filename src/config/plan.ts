import { isDeepStrictEqual } from "node:util";
import type { Configuration } from "./load.ts";
import type { Device, Place, Sink } from "./site.ts";

/** What to do with one kind of part, so that the running gateway becomes the next configuration. */
export interface Steps<T> {
  /** Ids to close first: gone, or changed (those stand in `open` too). */
  readonly close: readonly string[];
  readonly open: readonly T[];
  /** Untouched; they go on without a gap. */
  readonly keep: readonly string[];
}

/** The way from one configuration to the next, made before anything is touched and applied as a whole. */
export interface Plan {
  readonly places: Steps<Place>;
  readonly devices: Steps<Device>;
  readonly sinks: Steps<Sink>;
  /** Keys whose change acts only after a restart. */
  readonly restart: readonly string[];
}

/**
 * Makes the plan. Pure; from `undefined` everything is opened. The way back is the plan with its two sides swapped.
 * A part is reopened when anything that it rests on changed: a device also with its profile, a sink also with the
 * gateway's name.
 */
export function plan(current: Configuration | undefined, next: Configuration): Plan {
  const before = current?.site;
  const after = next.site;
  return {
    places: steps(before?.places ?? [], after.places, (p, side) => [p, pick(side, current, next).site.patients]),
    devices: steps(before?.devices ?? [], after.devices, (d, side) => deviceBasis(d, pick(side, current, next))),
    sinks: steps(before?.sinks ?? [], after.sinks, (s, side) => {
      const { site, gateway } = pick(side, current, next).site;
      return [s, site, gateway];
    }),
    restart:
      before === undefined
        ? []
        : (["state", "journal"] as const).filter((k) => !isDeepStrictEqual(before[k], after[k])),
  };
}

type Side = "before" | "after";
const pick = (side: Side, current: Configuration | undefined, next: Configuration): Configuration =>
  side === "before" ? (current ?? next) : next;

function deviceBasis(device: Device, { site, profiles }: Configuration): unknown {
  const profile =
    device.profile !== undefined
      ? profiles.get(device.profile)
      : [...profiles.values()].filter((p) => p.match?.usb !== undefined);
  return [device, profile, device.timezone ?? site.timezone, site.clock, site.recorder];
}

function steps<T extends { readonly id: string }>(
  before: readonly T[],
  after: readonly T[],
  basis: (part: T, side: Side) => unknown,
): Steps<T> {
  const old = new Map(before.map((part) => [part.id, basis(part, "before")]));
  const kept = new Set(
    after.filter((p) => old.has(p.id) && isDeepStrictEqual(old.get(p.id), basis(p, "after"))).map((p) => p.id),
  );
  return {
    close: before.map((p) => p.id).filter((id) => !kept.has(id)),
    open: after.filter((p) => !kept.has(p.id)),
    keep: [...kept],
  };
}
