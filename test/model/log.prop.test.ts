/**
 * A partition log against a list of records: random operations, and after each of them both must
 * say the same.
 *
 * `VARVE_SEED` replays a run; `VARVE_MODEL_STEPS` and `VARVE_MODEL_RUNS` make it longer.
 */
import { describe, expect, test } from 'vitest';
import type { LogConfigInput, PartitionLog } from '../../src/log/index.ts';
import { collect } from '../helpers/batches.ts';
import { LogWorld } from '../helpers/log-world.ts';
import { manualEnv } from '../helpers/manual-env.ts';
import { Seeded, seedFor } from '../helpers/seeded.ts';

const seed = seedFor('model of the log');
const steps = Number(process.env['VARVE_MODEL_STEPS'] ?? 60);
const runs = Number(process.env['VARVE_MODEL_RUNS'] ?? 12);

interface ModelRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  /** Base offset and last offset of its batch: truncation and reading go by batches. */
  readonly first: number;
  readonly last: number;
}

class Model {
  records: ModelRecord[] = [];
  start = 0;
  end = 0;

  append(
    records: readonly Omit<ModelRecord, 'offset' | 'first' | 'last'>[],
    bases: number[],
  ): void {
    records.forEach((record, index) => {
      const first = bases.findLast((base) => base <= this.end + index)!;
      const last = (bases.find((base) => base > this.end + index) ?? this.end + records.length) - 1;
      this.records.push({ ...record, offset: this.end + index, first, last });
    });
    this.end += records.length;
  }

  truncateTo(offset: number): void {
    if (offset >= this.end) return;
    this.records = this.records.filter(({ last }) => last < offset);
    this.end = offset;
    this.start = Math.min(this.start, offset);
  }

  restartAt(offset: number): void {
    this.records = [];
    this.start = offset;
    this.end = offset;
  }

  deleteBefore(offset: number): void {
    this.start = Math.max(this.start, offset);
  }

  /**
   * A directory says where its log ends only by its last batch, or by the name of an empty last
   * segment: a gap that a truncation inside a batch left at the end is gone after a restart.
   */
  restart(emptySegmentBase: number | undefined): void {
    this.end = emptySegmentBase ?? this.records.at(-1)!.last + 1;
    if (this.end < this.start) this.restartAt(this.start);
  }

  /** What a reader from `from` gets: whole batches. */
  readFrom(from: number): ModelRecord[] {
    return this.records.filter(({ last }) => last >= from);
  }

  firstAt(timestamp: number): ModelRecord | undefined {
    return this.records.find((r) => r.offset >= this.start && r.timestamp >= timestamp);
  }
}

class Run {
  readonly random: Seeded;
  readonly model = new Model();
  readonly config: LogConfigInput;
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
      'segment.bytes': random.pick([400, 1000, 5000, 100_000]),
      'index.interval.bytes': random.pick([0, 200, 4096]),
      'segment.index.bytes': random.pick([24, 60, 10_000]),
      'segment.ms': random.pick([1000, 60_000, 604_800_000]),
      'max.message.bytes': random.pick([300, 1000, 50_000]),
      'retention.ms': random.pick([-1, 30_000, 604_800_000]),
      'retention.bytes': random.pick([-1, 3000, 50_000]),
      'file.delete.delay.ms': random.pick([0, 5000]),
      'flush.messages': random.pick([1, 20, Number.POSITIVE_INFINITY]),
    };
    const world = new LogWorld(undefined, manualEnv(runSeed));
    return new Run(random, config, world, await world.open(config));
  }

  /** One random operation on both; its name. */
  async step(): Promise<void> {
    const { random } = this;
    const draw = random.between(1, 100);
    if (draw <= 50) await this.#append();
    else if (draw <= 58) await this.#roll();
    else if (draw <= 66) await this.#truncate();
    else if (draw <= 68) await this.#restart();
    else if (draw <= 74) await this.#deleteRecords();
    else if (draw <= 82) await this.#retention();
    else if (draw <= 88) await this.#reopen();
    else if (draw <= 94) await this.#crash();
    else this.#advance(random.between(1, 20_000));
  }

  async #append(): Promise<void> {
    const { random, log, world } = this;
    const largest = Math.min(
      Number(this.config['max.message.bytes']),
      Number(this.config['segment.bytes']),
    );
    const now = world.env.time.now();
    const records = Array.from({ length: random.between(1, 12) }, () => {
      const size = random.chance(0.1) ? random.between(0, largest - 150) : random.between(0, 60);
      return {
        key: random.chance(0.3) ? null : `key ${random.between(0, 20)}`,
        value: random.chance(0.1) ? null : 'v'.repeat(size),
        timestamp: random.chance(0.05) ? -1 : now - random.between(0, 3000),
      };
    });
    const durability = random.chance(0.2) ? 'synced' : 'written';
    const before = this.model.end;
    const result = await log.append(records, { durability });
    this.trail.push(`append ${records.length} at ${result.baseOffset}`);
    expect([result.baseOffset, result.lastOffset]).toEqual([before, before + records.length - 1]);
    const bases: number[] = [];
    for await (const batch of log.read({ from: before })) bases.push(batch.baseOffset);
    this.model.append(records, bases);
  }

  async #roll(): Promise<void> {
    this.trail.push('roll');
    await this.log.roll();
  }

  async #truncate(): Promise<void> {
    const { model, random } = this;
    const near = random.chance(0.7) ? Math.max(0, model.end - 30) : 0;
    const offset = random.between(near, model.end + 2);
    this.trail.push(`truncate to ${offset}`);
    const firstBase = this.log.core.segments.first.baseOffset;
    await this.log.truncateTo(offset);
    if (offset < firstBase) model.restartAt(offset);
    else model.truncateTo(offset);
  }

  async #restart(): Promise<void> {
    const offset = this.random.between(0, this.model.end + 50);
    this.trail.push(`restart at ${offset}`);
    await this.log.truncateFullyAndStartAt(offset);
    this.model.restartAt(offset);
  }

  async #deleteRecords(): Promise<void> {
    const { model, random } = this;
    const offset = random.between(model.start, Math.min(model.end, model.start + 40));
    this.trail.push(`delete before ${offset}`);
    await this.log.deleteRecordsBefore(offset);
    model.deleteBefore(offset);
  }

  async #retention(): Promise<void> {
    const before = this.log.sizeBytes;
    const result = await this.log.applyRetention();
    this.trail.push(`retention of ${result.segments}`);
    expect(before - this.log.sizeBytes).toBe(result.bytes);
    this.model.deleteBefore(this.log.logStartOffset);
    const first = this.log.core.segments.first.baseOffset;
    this.model.records = this.model.records.filter(({ offset }) => offset >= first);
    const limit = Number(this.config['retention.bytes']);
    const segments = this.log.core.segments;
    if (limit >= 0 && segments.count > 1) {
      expect(this.log.sizeBytes - segments.first.size).toBeLessThan(limit);
    }
    const age = Number(this.config['retention.ms']);
    const now = this.world.env.time.now();
    if (age >= 0 && segments.active.size > 0) {
      expect(now - segments.first.largestTimestamp).toBeLessThanOrEqual(age);
    }
  }

  async #reopen(): Promise<void> {
    this.trail.push('reopen');
    this.#modelRestart();
    await this.log.close();
    this.log = await this.world.open(this.config);
    expect(this.log.loadReport).toMatchObject({ recoveredSegments: 0, truncatedBytes: 0 });
  }

  /** The process dies: what it wrote is there, what it held in memory is not. */
  async #crash(): Promise<void> {
    this.trail.push('crash');
    this.#modelRestart();
    const copy = this.world.crashed();
    await this.log.close();
    this.world = copy;
    this.log = await copy.open(this.config);
    expect(this.log.loadReport.truncatedBytes).toBe(0);
  }

  #modelRestart(): void {
    const { active } = this.log.core.segments;
    this.model.restart(active.size === 0 ? active.baseOffset : undefined);
  }

  #advance(ms: number): void {
    this.trail.push(`advance ${ms}`);
    this.world.env.time.advance(ms);
  }

  /** Log and model say the same. */
  async check(): Promise<void> {
    const { log, model, random } = this;
    log.core.checkInvariants();
    expect([log.logStartOffset, log.logEndOffset, log.highWatermark]).toEqual([
      model.start,
      model.end,
      model.end,
    ]);
    const from = random.chance(0.5) ? model.start : random.between(model.start, model.end);
    const read = await collect(log.read({ from }));
    expect(read).toEqual(
      model.readFrom(from).map(({ offset, timestamp, key, value }) => ({
        offset,
        timestamp,
        key,
        value,
        headers: [],
      })),
    );
    const now = this.world.env.time.now();
    const target = now - random.between(-10, 5000);
    const expected = model.firstAt(target);
    expect(await log.offsetForTimestamp(target)).toEqual(
      expected && { offset: expected.offset, timestamp: expected.timestamp, leaderEpoch: 0 },
    );
  }
}

describe('the log does what a list of records would', () => {
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
