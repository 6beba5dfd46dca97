/**
 * What a machine wants done, in the order it wants it: filled by `step`, emptied by the adapter.
 */

/** The side that rooms of a machine see. */
export interface EffectSink<Effect> {
  push(effect: Effect): void;
}

export class Outbox<Effect> implements EffectSink<Effect> {
  #effects: Effect[] = [];

  get length(): number {
    return this.#effects.length;
  }

  push(effect: Effect): void {
    this.#effects.push(effect);
  }

  /** Everything pushed since the last call. */
  take(): readonly Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}
