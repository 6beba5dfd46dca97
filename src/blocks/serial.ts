/** Runs calls one after the other, in the order they were made. */
export class Serial {
  readonly #waiting: (() => void)[] = [];
  #isBusy = false;

  /** At once when nothing runs. A failure does not stop those that follow. */
  async run<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.#isBusy) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      // Handed on without a gap, so that nobody who comes later slips in.
      const next = this.#waiting.shift();
      if (next === undefined) this.#isBusy = false;
      else next();
    }
  }
}
