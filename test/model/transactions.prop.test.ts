/**
 * Producers and transactions against a list of what was appended: after each random operation the
 * last stable offset, what a committed reader sees, and the next sequence of each producer must be
 * what the list says.
 *
 * `VARVE_SEED` replays a run; `VARVE_MODEL_STEPS` and `VARVE_MODEL_RUNS` make it longer.
 */
import { describe, expect, test } from 'vitest';
import type { LogConfigInput, PartitionLog } from '../../src/log/index.ts';
import { collect, markerBatch, producerBatch } from '../helpers/batches.ts';
import { codeOf } from '../helpers/codes.ts';
import { LogWorld, numbered } from '../helpers/log-world.ts';
import { manualEnv } from '../helpers/manual-env.ts';
import { Seeded, seedFor } from '../helpers/seeded.ts';

const seed = seedFor('model of transactions');
const steps = Number(process.env['VARVE_MODEL_STEPS'] ?? 80);
const runs = Number(process.env['VARVE_MODEL_RUNS'] ?? 8);
const producerIds = [1n, 2n, 3n, 4n];

/** Every batch holds one record, so an offset names a batch. */
interface Entry {
  readonly offset: number;
  readonly producerId: bigint | undefined;
  readonly kind: 'plain' | 'idempotent' | 'transactional' | 'commit' | 'abort';
}

class Model {
  /** All that was appended and not truncated, deleted records included. */
  entries: Entry[] = [];
  start = 0;

  add(offset: number, kind: Entry['kind'], producerId?: bigint): void {
    this.entries.push({ offset, kind, producerId });
  }

  of(producerId: bigint): Entry[] {
    return this.entries.filter((entry) => entry.producerId === producerId);
  }

  nextSequence(producerId: bigint): number {
    return this.of(producerId).filter(
      ({ kind }) => kind === 'idempotent' || kind === 'transactional',
    ).length;
  }

  /** Offset at which the producer's open transaction begins. */
  openSince(producerId: bigint): number | undefined {
    const own = this.of(producerId);
    const ended = own.findLastIndex(({ kind }) => kind === 'commit' || kind === 'abort');
    return own.slice(ended + 1).find(({ kind }) => kind === 'transactional')?.offset;
  }

  lastStable(end: number): number {
    const open = producerIds.map((id) => this.openSince(id) ?? end);
    return Math.max(this.start, Math.min(end, ...open));
  }

  isAborted(entry: Entry): boolean {
    if (entry.kind !== 'transactional') return false;
    const marker = this.entries.find(
      ({ offset, kind, producerId }) =>
        offset > entry.offset &&
        producerId === entry.producerId &&
        (kind === 'commit' || kind === 'abort'),
    );
    return marker?.kind === 'abort';
  }

  committedFrom(from: number, end: number): number[] {
    const stable = this.lastStable(end);
    return this.entries
      .filter(({ offset }) => offset >= from && offset < stable)
      .filter(
        (entry) => entry.kind !== 'commit' && entry.kind !== 'abort' && !this.isAborted(entry),
      )
      .map(({ offset }) => offset);
  }
}

class Run {
  readonly random: Seeded;
  readonly config: LogConfigInput;
  model = new Model();
  world: LogWorld;
  log: PartitionLog;
  trail: string[] = [];

  private constructor(random: Seeded, config: LogConfigInput, world: LogWorld, log: PartitionLog) {
    this.random = random;
    this.config = config;
    this.world = world;
    this.log = log;
  }

  static async begin(runSeed: number): Promise<Run> {
    const random = new Seeded(runSeed);
    const config: LogConfigInput = {
      'segment.bytes': random.pick([200, 500, 2000, 100_000]),
      'index.interval.bytes': random.pick([0, 200, 4096]),
      'flush.messages': random.pick([5, Number.POSITIVE_INFINITY]),
      'file.delete.delay.ms': 0,
      'retention.ms': -1,
    };
    const world = new LogWorld(undefined, manualEnv(runSeed));
    return new Run(random, config, world, await world.open(config));
  }

  async step(): Promise<void> {
    const draw = this.random.between(1, 100);
    if (draw <= 45) this.#send();
    else if (draw <= 65) this.#end();
    else if (draw <= 72) this.#repeat();
    else if (draw <= 78) await this.#roll();
    else if (draw <= 84) await this.#truncate();
    else if (draw <= 88) await this.#delete();
    else if (draw <= 94) await this.#restart('close');
    else await this.#restart('crash');
    this.world.env.time.advance(1);
  }

  #send(): void {
    const { random, model, log } = this;
    const kind = random.pick(['plain', 'idempotent', 'transactional', 'transactional'] as const);
    const offset = log.logEndOffset;
    if (kind === 'plain') {
      log.appendSync(numbered(1));
      model.add(offset, 'plain');
      this.trail.push(`plain at ${offset}`);
      return;
    }
    const id = random.pick(producerIds);
    const batch = this.#batch(id, model.nextSequence(id), kind);
    this.trail.push(`${kind} of ${id} at ${offset}`);
    if (kind === 'idempotent' && model.openSince(id) !== undefined) {
      expect(codeOf(() => log.appendBatchesSync(batch))).toBe('LOG_TRANSACTION_STATE');
      return;
    }
    expect(log.appendBatchesSync(batch)).toMatchObject({ baseOffset: offset, duplicate: false });
    model.add(offset, kind, id);
  }

  #batch(id: bigint, sequence: number, kind: Entry['kind']): Uint8Array {
    const now = this.world.env.time.now();
    return producerBatch({ id, sequence }, { transactional: kind === 'transactional', now });
  }

  #end(): void {
    const { random, model, log } = this;
    const id = random.pick(producerIds);
    const aborted = random.chance(0.5);
    const offset = log.logEndOffset;
    const now = this.world.env.time.now();
    log.appendBatchesSync(markerBatch({ id, aborted }, { now }), { origin: 'coordinator' });
    model.add(offset, aborted ? 'abort' : 'commit', id);
    this.trail.push(`${aborted ? 'abort' : 'commit'} of ${id} at ${offset}`);
  }

  /** The last batch of a producer once more: a duplicate, whatever happened since. */
  #repeat(): void {
    const { random, model, log } = this;
    const id = random.pick(producerIds);
    const last = model
      .of(id)
      .findLast(({ kind }) => kind === 'idempotent' || kind === 'transactional');
    if (last === undefined) return;
    this.trail.push(`repeat of ${id}`);
    const batch = this.#batch(id, model.nextSequence(id) - 1, last.kind);
    expect(log.appendBatchesSync(batch)).toMatchObject({
      baseOffset: last.offset,
      lastOffset: last.offset,
      duplicate: true,
    });
  }

  async #roll(): Promise<void> {
    this.trail.push('roll');
    await this.log.roll();
  }

  async #truncate(): Promise<void> {
    const { random, model, log } = this;
    const end = log.logEndOffset;
    const first = log.core.segments.first.baseOffset;
    const offset = random.between(Math.max(first, end - 20), end);
    this.trail.push(`truncate to ${offset}`);
    await log.truncateTo(offset);
    model.entries = model.entries.filter((entry) => entry.offset < offset);
    model.start = Math.min(model.start, offset);
  }

  /** Whole segments only: of a part of one, producers would be forgotten at the next crash. */
  async #delete(): Promise<void> {
    const { random, model, log } = this;
    const bases = log.core.segments.toArray().map(({ baseOffset }) => baseOffset);
    const offset = random.pick(bases);
    this.trail.push(`delete before ${offset}`);
    await log.deleteRecordsBefore(offset);
    await log.applyRetention();
    model.start = Math.max(model.start, offset);
  }

  async #restart(how: 'close' | 'crash'): Promise<void> {
    this.trail.push(how);
    const copy = how === 'crash' ? this.world.crashed() : this.world;
    await this.log.close();
    this.world = copy;
    this.log = await copy.open(this.config);
  }

  async check(): Promise<void> {
    const { log, model, random } = this;
    log.core.checkInvariants();
    const end = log.logEndOffset;
    expect(end).toBe(Math.max(model.start, (model.entries.at(-1)?.offset ?? -1) + 1));
    expect(log.logStartOffset).toBe(model.start);
    expect(log.lastStableOffset).toBe(model.lastStable(end));
    const from = random.between(model.start, end);
    const read = await collect(log.read({ from, isolation: 'read_committed' }));
    expect(read.map(({ offset }) => offset)).toEqual(model.committedFrom(from, end));
    for (const id of producerIds) {
      const next = model.nextSequence(id);
      const known = log.core.producers.producer(id)?.batches.at(-1)?.lastSequence ?? -1;
      expect(known, `producer ${id}`).toBe(next - 1);
    }
  }
}

describe('producers and transactions do what the list of appends says', () => {
  test.each(Array.from({ length: runs }, (_, index) => seed + index))(
    'run of seed %i',
    async (runSeed) => {
      const run = await Run.begin(runSeed);
      try {
        for (let step = 0; step < steps; step++) {
          await run.step();
          await run.check();
        }
        await run.log.close();
      } catch (error) {
        process.stdout.write(
          `VARVE_SEED=${runSeed} VARVE_MODEL_RUNS=1: ${JSON.stringify(run.config)}\n` +
            `${run.trail.join('; ')}\n`,
        );
        throw error;
      }
    },
  );
});
