import { afterAll, onTestFinished } from "vitest";

/** What was opened, to be closed in the opposite order; one that fails keeps none of the others open. */
class Closing {
  readonly #steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.#steps.splice(0).reverse()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** Closes at the end of the present test. */
export function closingWithTest(): (step: () => unknown) => void {
  const closing = new Closing();
  onTestFinished(() => closing.close());
  return (step) => closing.add(step);
}

/** Closes after all tests of the present block. */
export function closingAfterAll(): (step: () => unknown) => void {
  const closing = new Closing();
  afterAll(() => closing.close());
  return (step) => closing.add(step);
}
