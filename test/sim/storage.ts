/**
 * A log on a disk that syncs late: what was not synced may be lost in a crash, from the end.
 */
import type { World } from './world.ts';

export class SimLog<Entry> {
  readonly #world: World;
  #entries: Entry[] = [];
  #synced = 0;
  #waiting: { readonly end: number; readonly durable: () => void }[] = [];
  #isSyncing = false;
  #life = 0;

  constructor(world: World) {
    this.#world = world;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }
  /** How many of them no crash takes away. */
  get durableCount(): number {
    return this.#synced;
  }

  /** `durable` is called in the order of appends, once the entry is synced. */
  append(entry: Entry, durable: () => void): void {
    this.#entries.push(entry);
    this.#waiting.push({ end: this.#entries.length, durable });
    this.#sync();
  }

  #sync(): void {
    if (this.#isSyncing) return;
    this.#isSyncing = true;
    const end = this.#entries.length;
    const life = this.#life;
    const { random } = this.#world;
    const delayMs = random.chance(0.1) ? random.between(50, 300) : random.between(0, 12);
    this.#world.after(delayMs, () => {
      if (life !== this.#life) return;
      this.#isSyncing = false;
      this.#synced = Math.max(this.#synced, end);
      const done = this.#waiting.filter((waiting) => waiting.end <= this.#synced);
      this.#waiting = this.#waiting.filter((waiting) => waiting.end > this.#synced);
      for (const { durable } of done) durable();
      if (this.#waiting.length > 0) this.#sync();
    });
  }

  /** Power goes: a part of what was not synced may have reached the disk. */
  crash(): void {
    const kept = this.#world.random.between(this.#synced, this.#entries.length);
    this.#entries.length = kept;
    this.#synced = kept;
    this.#waiting = [];
    this.#isSyncing = false;
    this.#life += 1;
  }
}
