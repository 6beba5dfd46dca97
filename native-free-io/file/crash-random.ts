/**
 * The repeatable chance of a simulated crash: one seed, one outcome, on every machine.
 *
 * The generator is Mulberry32 (Tommy Ettinger, public domain); our own code after its description.
 */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer from 0 up to, not including, `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  /** An integer from 0 to `last`, its ends as likely as all between them together. */
  upTo(last: number): number {
    const choice = this.below(3);
    if (choice === 0) return 0;
    return choice === 1 ? last : this.below(last + 1);
  }

  oneOf<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }
}
