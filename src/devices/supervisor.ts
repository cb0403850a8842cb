import type { Device } from "../config/site.ts";
import type { Driver } from "../driver-kit/contract.ts";
import type { Link } from "../links/link.ts";
import type { Problem } from "../model/problem.ts";
import { isSearch, retryAfterMs } from "./backoff.ts";
import { Condition } from "./condition.ts";
import { Conversation, type ConversationSurroundings, type Opened } from "./conversation.ts";
import type { DeviceStatus } from "./device.ts";
import { faultFields } from "./fault.ts";
import type { Assignment } from "./match.ts";
import { readerOf } from "./reader.ts";

/** Everything outside that a supervised device works with. */
interface Surroundings extends ConversationSurroundings {
  /** Where the device is now. */
  readonly locate: () => Promise<Assignment>;
  /** The link to it; undefined where its line settings are not known. */
  readonly linkTo: (found: Extract<Assignment, { ok: true }>) => Link | undefined;
  readonly loadDriver: (id: string) => Promise<Driver | undefined>;
  readonly random: () => number;
}

/** Where nothing says when to try again. */
const retryMs = 60_000;

/**
 * One device, kept open: found, opened, read, watched for silence, and opened again for ever. Whatever goes wrong stays
 * its own: an exception out of a driver closes this session and no other.
 */
export class SupervisedDevice {
  readonly #device: Device;
  readonly #around: Surroundings;
  readonly #condition: Condition;
  readonly #stop = new AbortController();
  readonly #storing = new Set<Promise<void>>();
  #link: { readonly key: string; readonly link: Link } | undefined;
  /** The present one. */
  #conversation: Conversation | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(device: Device, around: Surroundings) {
    this.#device = device;
    this.#around = around;
    this.#condition = new Condition(device, (status, before) => {
      around.upstream.changed(status);
      if (status.state === before.state && status.problem?.code === before.problem?.code) return;
      const { state, problem, port } = status;
      around.log("device", { device: device.id, state, code: problem?.code, detail: problem?.detail, port });
    });
  }

  status(): DeviceStatus {
    return this.#condition.status();
  }

  start(): void {
    this.#running = this.#run().catch((error: unknown) => {
      // Only a mistake in this file leads here; the device is lost until a restart, and that is said.
      this.#condition.enter("stopped", { code: "DRIVER_FAILED", detail: "the supervisor failed" });
      this.#logFault(error);
    });
  }

  /** Closes it for good. Resolves once it is closed and what it had reported is stored or refused. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#conversation?.hangUp();
    await this.#running;
    this.#link?.link.dispose();
    await Promise.all(this.#storing);
  }

  async #run(): Promise<void> {
    let attempt = 0;
    while (!this.#stop.signal.aborted) {
      const opened = await this.#open();
      if (!opened.ok) {
        if (this.#stop.signal.aborted) return;
        const waitMs = retryAfterMs(opened.problem.code, attempt, this.#around.random());
        const stays = opened.problem.code === "PORT_AMBIGUOUS" || opened.problem.code === "PROFILE_UNDECIDED";
        this.#condition.enter(waitMs === undefined || stays ? "stopped" : "waiting", opened.problem);
        if (waitMs === undefined) return;
        // A port just plugged in is refused for the moment that udev takes to hand it over; that must not cost a minute.
        attempt = isSearch(opened.problem.code) ? 0 : attempt + 1;
        await this.#wait(waitMs);
        continue;
      }
      const { end, worked } = await this.#converse(opened);
      if (end === undefined) return;
      if (end.reason === "ended") {
        this.#condition.enter("stopped");
        return;
      }
      attempt = worked ? 0 : attempt + 1;
      const fault = end.reason === "fault";
      this.#condition.enter("waiting", fault ? { code: "DRIVER_FAILED" } : lost(end.detail));
      // At a listening port the instrument sets the pace.
      if (fault || !opened.link.passive) {
        await this.#wait(retryAfterMs("LINK_LOST", attempt, this.#around.random()) ?? retryMs);
      }
    }
  }

  async #open(): Promise<OpenedDevice | { readonly ok: false; readonly problem: Problem }> {
    const found = await this.#around.locate();
    if (!found.ok) return found;
    const made = await readerOf(found.profile, this.#around.loadDriver, this.#device.link);
    if (!made.ok) return made;
    const link = this.#linkTo(found);
    if (link === undefined) {
      const detail = `neither profile ${found.profile.id} nor the device's link gives a baud rate`;
      return { ok: false, problem: { code: "PROFILE_INVALID", detail } };
    }
    const opened = await link.open(this.#stop.signal, () => {
      // Listening is all that can be done; what stays to be said is that the last call broke off.
      if (this.#condition.problem !== "LINK_LOST") this.#condition.enter("waiting");
    });
    if (!opened.ok) return opened;
    if (this.#stop.signal.aborted) {
      await opened.connection.close();
      return { ok: false, problem: lost("stopped") };
    }
    const { connection } = opened;
    try {
      const session = made.reader.session();
      return { ok: true, connection, session, link, profile: found.profile, reader: made.reader };
    } catch (error) {
      await connection.close();
      this.#logFault(error);
      return { ok: false, problem: { code: "DRIVER_FAILED" } };
    }
  }

  /** The link stays the same as long as the device stays where it is: a listening port is not closed between calls. */
  #linkTo(found: Extract<Assignment, { ok: true }>): Link | undefined {
    const key = JSON.stringify([found.path, found.profile.id, found.profile.version]);
    if (this.#link?.key === key) return this.#link.link;
    this.#link?.link.dispose();
    const link = this.#around.linkTo(found);
    this.#link = link === undefined ? undefined : { key, link };
    return link;
  }

  /** Reports on their way to the disk are waited for in the end, though the conversation that made them is over. */
  async #converse(opened: Opened): ReturnType<Conversation["run"]> {
    const conversation = new Conversation(this.#device, opened, this.#around, this.#condition);
    this.#conversation = conversation;
    const ended = await conversation.run();
    this.#conversation = undefined;
    const stored = conversation.stored().then(() => {
      this.#storing.delete(stored);
    });
    this.#storing.add(stored);
    return ended;
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        this.#stop.signal.removeEventListener("abort", done);
        resolve();
      };
      const cancel = this.#around.timers.after(ms, done);
      this.#stop.signal.addEventListener("abort", done, { once: true });
      if (this.#stop.signal.aborted) done();
    });
  }

  #logFault(error: unknown): void {
    this.#around.log("device.fault", { device: this.#device.id, ...faultFields(error) });
  }
}

interface OpenedDevice extends Opened {
  readonly ok: true;
  readonly link: Link;
}

function lost(detail: string | undefined): Problem {
  return detail === undefined ? { code: "LINK_LOST" } : { code: "LINK_LOST", detail };
}
