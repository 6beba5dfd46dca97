/**
 * A world of one seed: a clock that moves from event to event, and nothing that happens by itself.
 *
 * Events run in the order of their time, those of one time in the order they were asked for.
 * Between two events everything that waited for the first has gone as far as it can.
 */
import type { Seeded } from '../helpers/seeded.ts';

interface Event {
  readonly atMs: number;
  readonly sequence: number;
  readonly run: () => void;
}

export class World {
  readonly random: Seeded;
  nowMs = 1_700_000_000_000;
  readonly #events: Event[] = [];
  #sequence = 0;

  constructor(random: Seeded) {
    this.random = random;
  }

  /** Runs `task` after `delayMs`; the returned function takes it back. */
  after(delayMs: number, task: () => void): () => void {
    let isWanted = true;
    this.#push({
      atMs: this.nowMs + delayMs,
      sequence: this.#sequence++,
      run: () => {
        if (isWanted) task();
      },
    });
    return () => {
      isWanted = false;
    };
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }

  /** Events until `done` says so or the time is over; `check` looks after each. */
  async run(limitMs: number, done: () => boolean, check: () => void): Promise<boolean> {
    const endMs = this.nowMs + limitMs;
    while (!done()) {
      const next = this.#events[0];
      if (next === undefined || next.atMs > endMs) return done();
      const event = this.#pop()!;
      this.nowMs = Math.max(this.nowMs, event.atMs);
      event.run();
      await new Promise((resolve) => setImmediate(resolve));
      check();
    }
    return true;
  }

  #push(event: Event): void {
    const events = this.#events;
    let index = events.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(event, events[parent]!)) break;
      events[index] = events[parent]!;
      index = parent;
    }
    events[index] = event;
  }

  #pop(): Event | undefined {
    const events = this.#events;
    const first = events[0];
    const last = events.pop();
    if (first === undefined || last === undefined || events.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= events.length) break;
      if (child + 1 < events.length && isBefore(events[child + 1]!, events[child]!)) child += 1;
      if (!isBefore(events[child]!, last)) break;
      events[index] = events[child]!;
      index = child;
    }
    events[index] = last;
    return first;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence);
}
