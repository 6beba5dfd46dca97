/**
 * A network that delays, repeats and loses. One connection keeps the order of its messages, as TCP
 * does; messages of different connections overtake each other. A connection may be cut: what is
 * under way is lost, though it may have arrived already.
 */
import type { World } from './world.ts';

export interface Faults {
  /** Chance that a message is the last of its connection. */
  cut: number;
  /** Chance that a message arrives twice. */
  repeat: number;
  /** Chance that it takes long. */
  slow: number;
}

export const noFaults: Faults = { cut: 0, repeat: 0, slow: 0 };

export class Connection {
  readonly #world: World;
  readonly #faults: () => Faults;
  #isCut = false;
  /** When the last message of each direction arrives. */
  readonly #lastMs = { there: 0, back: 0 };

  constructor(world: World, faults: () => Faults) {
    this.#world = world;
    this.#faults = faults;
  }

  cut(): void {
    this.#isCut = true;
  }

  send(direction: 'there' | 'back', arrive: () => void): void {
    if (this.#isCut) return;
    const { random } = this.#world;
    const faults = this.#faults();
    if (random.chance(faults.cut)) {
      this.cut();
      return;
    }
    const delayMs = random.chance(faults.slow) ? random.between(50, 400) : random.between(1, 5);
    const atMs = Math.max(this.#world.nowMs + delayMs, this.#lastMs[direction]);
    this.#lastMs[direction] = atMs;
    const times = direction === 'there' && random.chance(faults.repeat) ? 2 : 1;
    for (let time = 0; time < times; time++) {
      this.#world.after(atMs - this.#world.nowMs, () => {
        if (!this.#isCut) arrive();
      });
    }
  }
}
