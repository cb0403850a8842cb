import type { JournalError } from "./journal.ts";

/** One kind of change: how many such changes, asked for by different callers, are made together. */
export interface Change<Input, Output> {
  /** How many rows it brings, about; bounds a transaction. */
  weigh(input: Input): number;
  /** Whether it is made even on a full disk: what was sent must be written down, and old rows must go. */
  readonly essential: boolean;
  /** Whether these can be made by one statement at most, which is a transaction by itself. */
  isOneStatement(inputs: readonly Input[]): boolean;
  /**
   * Makes all of them, inside the transaction under way; one output for each, in order. What it gives to `onceStored`
   * is done when the transaction is on disk, before any caller is told, and never if it fails. Unless `atOnce`, what
   * can be made by one statement is made in steps that look first: the one statement has failed.
   */
  make(inputs: readonly Input[], onceStored: (act: () => void) => void, atOnce: boolean): Promise<readonly Output[]>;
}

/** What one caller asked for, and how it is answered. */
export interface Call<Input, Output> {
  readonly input: Input;
  readonly resolve: (output: Output) => void;
  readonly reject: (error: unknown) => void;
}

/** The part that one kind of change has in a transaction. */
export interface Share {
  /** How many callers it serves. */
  readonly size: number;
  readonly essential: boolean;
  readonly isOneStatement: boolean;
  make(): Promise<void>;
  done(): void;
  fail(error: JournalError): void;
  /** The same, each caller's on its own. */
  alone(): readonly Share[];
}

/** The callers' share of a transaction: made by one statement where that can be, unless the one statement has failed. */
export function share<Input, Output>(
  change: Change<Input, Output>,
  calls: readonly Call<Input, Output>[],
  atOnce = change.isOneStatement(calls.map((call) => call.input)),
): Share {
  let outputs: readonly Output[] = [];
  let acts: (() => void)[] = [];
  return {
    size: calls.length,
    essential: change.essential,
    isOneStatement: atOnce,
    async make() {
      acts = [];
      outputs = await change.make(
        calls.map((call) => call.input),
        (act) => acts.push(act),
        atOnce,
      );
      if (outputs.length !== calls.length) throw new Error("a change must answer every caller");
    },
    done() {
      for (const act of acts) act();
      for (const [i, call] of calls.entries()) call.resolve(outputs[i] as Output);
    },
    fail(error) {
      for (const call of calls) call.reject(error);
    },
    alone: () => calls.map((call) => share(change, [call], false)),
  };
}

/** How many callers they serve together. */
export const sizeOf = (shares: readonly Share[]): number => shares.reduce((sum, { size }) => sum + size, 0);
