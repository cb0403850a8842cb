import type { ProblemCode } from "../model/problem.ts";

/** Rings once after so long, unless it is taken back. */
export type Wake = (afterMs: number, ring: () => void) => () => void;

/** What an operator is told: once when trouble starts, once when it has ended. */
export interface Alert {
  /** The way to the receiver; deliveries that wait for a person; or a broker's topics that nobody subscribes to. */
  readonly about: "connection" | "deliveries" | "subscribers";
  readonly edge: "raised" | "cleared";
  readonly code: ProblemCode;
}

type State =
  | { readonly is: "ok" }
  /** Trouble that may pass by itself before anyone needs to know. */
  | { readonly is: "pending"; readonly code: ProblemCode; readonly takeBack: () => void }
  | { readonly is: "raised"; readonly code: ProblemCode };

/** ok → pending (for `dwellMs`) → raised → ok, with exactly one alert at each edge of `raised`. */
export class Alarm {
  readonly #about: Alert["about"];
  readonly #dwellMs: number;
  readonly #wake: Wake;
  readonly #tell: (alert: Alert) => void;
  #state: State = { is: "ok" };

  constructor(about: Alert["about"], dwellMs: number, wake: Wake, tell: (alert: Alert) => void) {
    this.#about = about;
    this.#dwellMs = dwellMs;
    this.#wake = wake;
    this.#tell = tell;
  }

  /** What is wrong now, if something is; known before anyone is told. */
  get code(): ProblemCode | undefined {
    return this.#state.is === "ok" ? undefined : this.#state.code;
  }

  get raised(): boolean {
    return this.#state.is === "raised";
  }

  trouble(code: ProblemCode): void {
    const before = this.#state;
    switch (before.is) {
      case "ok":
        if (this.#dwellMs === 0) this.#raise(code);
        else {
          const ring = (): void => this.#raise(this.code ?? code);
          this.#state = { is: "pending", code, takeBack: this.#wake(this.#dwellMs, ring) };
        }
        return;
      case "pending":
      case "raised":
        this.#state = { ...before, code };
        return;
      default:
        before satisfies never;
    }
  }

  over(): void {
    const before = this.#state;
    this.#state = { is: "ok" };
    if (before.is === "pending") before.takeBack();
    if (before.is === "raised") this.#tell({ about: this.#about, edge: "cleared", code: before.code });
  }

  /** Tells nothing more. */
  stop(): void {
    if (this.#state.is === "pending") this.#state.takeBack();
  }

  #raise(code: ProblemCode): void {
    this.#state = { is: "raised", code };
    this.#tell({ about: this.#about, edge: "raised", code });
  }
}
