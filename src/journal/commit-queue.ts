import type { Ballast } from "./ballast.ts";
import { type Call, type Change, type Share, share, sizeOf } from "./change.ts";
import { type Database, transaction } from "./database.ts";
import { JournalError } from "./journal.ts";
import { gatherMost, gatherMs, Pace, type Steady } from "./pace.ts";
import { asJournalError, isDiskFull } from "./trouble.ts";

/** How a kind of change is taken in. */
export interface Reception<Given, Input> {
  readonly ready: (given: Given) => Input;
  /** Whether this one may wait a moment for others, while many come one by one. */
  readonly mayWait?: (given: Given) => boolean;
}

/** What the commit queue tells of. */
export interface QueueWatch {
  /** SQLite found the file damaged. */
  damaged(): void;
}

/** Rows that one transaction takes at most, about, so that no caller waits long behind a flood. */
const rowsATransaction = 4000;
/** A quiet moment after this many commits is used to fold the WAL into the file, while nobody waits. */
const commitsACheckpoint = 50;
const quietMs = 200;

/**
 * The one writer. Changes asked for while a commit is under way share the next one, and its one fsync; while many small
 * ones come one by one, they gather for a moment first. A caller's promise resolves after that fsync. If a shared
 * transaction fails, nothing of it is there, and each caller's change is made again alone, so that one caller's mistake
 * is that caller's failure. Reads run between transactions.
 */
export class CommitQueue {
  readonly #database: Database;
  readonly #ballast: Ballast;
  readonly #watch: QueueWatch;
  readonly #steady: Steady;
  readonly #lines: Line[] = [];
  #reads: (() => Promise<void>)[] = [];
  #turning: Promise<void> | undefined;
  #asked = false;
  readonly #pace = new Pace();
  /** How many wait that may wait; and whether something waits that may not. */
  #patient = 0;
  #urgent = false;
  /** Ends the wait for company that is under way. */
  #goOn: () => void = () => undefined;
  #commits = 0;
  #quiet: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(database: Database, ballast: Ballast, watch: QueueWatch, steady: Steady) {
    this.#database = database;
    this.#ballast = ballast;
    this.#watch = watch;
    this.#steady = steady;
  }

  /**
   * Adds a kind of change. Within a transaction, kinds are made in the order in which they were added. What is given is
   * made ready at once, except while changes gather: then those of a round are made ready together.
   */
  accept<Given, Input, Output>(
    change: Change<Input, Output>,
    { ready, mayWait = () => false }: Reception<Given, Input>,
  ): (given: Given) => Promise<Output> {
    let gathered: Asked<Given, Output>[] = [];
    let waiting: Call<Input, Output>[] = [];
    const admit = (given: Given, resolve: (output: Output) => void, reject: (error: unknown) => void): void => {
      try {
        waiting.push({ input: ready(given), resolve, reject });
      } catch (error) {
        reject(error);
      }
    };
    this.#lines.push({
      take() {
        for (const { given, resolve, reject } of gathered) admit(given, resolve, reject);
        gathered = [];
        let rows = 0;
        let n = 0;
        for (const call of waiting) {
          rows += change.weigh(call.input);
          if (n > 0 && rows > rowsATransaction) break;
          n += 1;
        }
        const taken = waiting.slice(0, n);
        waiting = waiting.slice(n);
        return taken.length === 0 ? undefined : share(change, taken);
      },
    });
    return (given) =>
      new Promise((resolve, reject) => {
        if (this.#closed) return reject(new JournalError("JOURNAL_FAILED", "the journal is closed"));
        if (gathered.length > 0 || this.#isGathering()) gathered.push({ given, resolve, reject });
        else admit(given, resolve, reject);
        if (mayWait(given)) this.#patient += 1;
        else this.#urgent = true;
        this.#turn();
      });
  }

  /** Runs a query between transactions. It sees every change asked for before it that was not refused. */
  read<T>(query: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new JournalError("JOURNAL_FAILED", "the journal is closed"));
      this.#reads.push(async () => {
        try {
          resolve(await query());
        } catch (error) {
          reject(this.#failure(error));
        }
      });
      this.#urgent = true;
      this.#turn();
    });
  }

  /** Takes nothing more, finishes what was asked for, and resolves. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#quiet);
    this.#goOn();
    while (this.#turning !== undefined) await this.#turning;
  }

  #turn(): void {
    clearTimeout(this.#quiet);
    this.#asked = true;
    if (this.#urgent || this.#patient >= gatherMost) this.#goOn();
    this.#turning ??= this.#start().finally(() => {
      this.#turning = undefined;
      // Asked for in the very moment when the last round had ended.
      if (this.#asked) this.#turn();
      else if (this.#commits >= commitsACheckpoint && !this.#closed) {
        this.#quiet = setTimeout(() => this.#checkpoint(), quietMs);
        this.#quiet.unref();
      }
    });
  }

  /** What is asked for in one turn of the event loop, such as a reading and its first claim, shares a commit. */
  async #start(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    await this.#work();
  }

  async #work(): Promise<void> {
    while (this.#asked) {
      const waited = await this.#company();
      this.#asked = false;
      this.#urgent = false;
      this.#patient = 0;
      const reads = this.#reads;
      this.#reads = [];
      const shares = this.#lines.flatMap((line) => line.take() ?? []);
      if (shares.length > 0) {
        // What did not fit into this round is taken in the next.
        this.#asked = true;
        // Each a transaction by itself: as many turns of the event loop less, and one fsync more.
        if (shares.every(({ isOneStatement }) => isOneStatement)) for (const one of shares) await this.#commit([one]);
        else await this.#commit(shares);
        const entries = sizeOf(shares.filter(({ essential }) => !essential));
        this.#pace.made({ changes: sizeOf(shares), entries, waited }, this.#steady.nowMs());
      }
      for (const read of reads) await read();
    }
  }

  #isGathering(): boolean {
    return this.#pace.isGathering(this.#steady.nowMs());
  }

  /** Waits for others where that is worth it; whether it waited as long as it may. */
  async #company(): Promise<boolean> {
    const enough = this.#patient === 0 || this.#patient >= gatherMost;
    if (enough || this.#urgent || this.#closed || !this.#isGathering()) return false;
    const waited = await new Promise<boolean>((resolve) => {
      const hush = this.#steady.after(gatherMs, () => resolve(true));
      this.#goOn = () => {
        hush();
        resolve(false);
      };
    });
    this.#goOn = () => undefined;
    return waited;
  }

  async #commit(shares: readonly Share[]): Promise<void> {
    const admitted = await this.#admitted(shares);
    if (admitted.length === 0) return;
    const error = await this.#attempt(admitted);
    if (error === undefined) return;
    const single = admitted.flatMap((one) => one.alone());
    const full = this.#ballast.released;
    for (const one of single) {
      if (this.#ballast.released && !one.essential) one.fail(noSpace());
      else if (single.length === 1 && !full && !admitted.some((all) => all.isOneStatement))
        one.fail(this.#failure(error));
      else {
        const again = await this.#attempt([one]);
        if (again !== undefined) one.fail(this.#failure(again));
      }
    }
  }

  /** While the disk is full, only what is essential; the rest is refused until the ballast is back. */
  async #admitted(shares: readonly Share[]): Promise<readonly Share[]> {
    if (!this.#ballast.released || shares.every((one) => one.essential)) return shares;
    if (await this.#ballast.restore()) return shares;
    for (const one of shares) if (!one.essential) one.fail(noSpace());
    return shares.filter((one) => one.essential);
  }

  /** One transaction. Answers the error that undid it, after room was made if it was a lack of space. */
  async #attempt(shares: readonly Share[]): Promise<unknown> {
    const [only, ...others] = shares;
    try {
      if (only?.isOneStatement && others.length === 0) await only.make();
      else
        await transaction(this.#database, async () => {
          for (const one of shares) await one.make();
        });
    } catch (error) {
      if (await isDiskFull(error, this.#database.path)) await this.#ballast.release();
      return error;
    }
    this.#commits += 1;
    for (const one of shares) one.done();
    return undefined;
  }

  #failure(error: unknown): JournalError {
    const failure = asJournalError(error, this.#ballast.released);
    if (failure.code === "JOURNAL_CORRUPT") this.#watch.damaged();
    return failure;
  }

  #checkpoint(): void {
    this.#commits = 0;
    // Its failure loses nothing: the WAL keeps what it holds, and the next commit reports what is wrong.
    this.read(() => this.#database.all("PRAGMA wal_checkpoint(PASSIVE)")).catch(() => undefined);
  }
}

interface Asked<Given, Output> {
  readonly given: Given;
  readonly resolve: (output: Output) => void;
  readonly reject: (error: unknown) => void;
}

interface Line {
  take(): Share | undefined;
}

const noSpace = (): JournalError => new JournalError("JOURNAL_FULL", "there is no room for new readings");
