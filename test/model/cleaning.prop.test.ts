/**
 * Compaction against a list of what was appended: random keyed appends, tombstones, transactions,
 * rolls, reopens and crashes of the process, with rounds of compaction at random moments and with
 * memory for few or many keys. After each round:
 *
 *   - every record a reader gets stands at its offset as it was appended, offsets ascending;
 *   - replayed in order, they give each key the value it has in the model;
 *   - below the end of the round no key occurs twice, and nothing of an aborted transaction.
 *
 * `VARVE_SEED` replays a run; `VARVE_MODEL_STEPS` and `VARVE_MODEL_RUNS` make it longer.
 */
import { describe, expect, test } from 'vitest';
import type { PartitionLog } from '../../src/log/index.ts';
import { buildBatch, collect, markerBatch, type PlainRecord } from '../helpers/batches.ts';
import { Seeded, seedFor } from '../helpers/seeded.ts';
import { CleaningWorld } from '../unit/log/cleaning/cleaning-world.ts';

const seed = seedFor('model of compaction');
const steps = Number(process.env['VARVE_MODEL_STEPS'] ?? 120);
const runs = Number(process.env['VARVE_MODEL_RUNS'] ?? 8);
const keys = Array.from({ length: 24 }, (_, at) => `key ${at}`);
const producerIds = [1n, 2n, 3n];
const config = { 'segment.bytes': 900, 'index.interval.bytes': 150, 'delete.retention.ms': 1000 };

type Fate = 'committed' | 'open' | 'aborted';

interface Written {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string;
  readonly value: string | null;
  readonly producerId: bigint | undefined;
  fate: Fate;
}

class Run {
  readonly #random: Seeded;
  #world = new CleaningWorld(config);
  readonly #written: Written[] = [];
  readonly #sequences = new Map<bigint, number>();
  readonly #open = new Set<bigint>();
  #log!: PartitionLog;
  #serial = 0;
  rounds = 0;
  /** Records that were written and are not there any more. */
  gone = 0;

  constructor(random: Seeded) {
    this.#random = random;
  }

  async play(): Promise<void> {
    this.#log = await this.#world.open();
    for (let step = 0; step < steps; step++) {
      this.#world.env.time.advance(this.#random.between(0, 300));
      await this.#step();
    }
    for (const producerId of this.#open) this.#end(producerId, this.#random.chance(0.5));
    await this.#log.roll();
    await this.#compact(1 << 16);
    await this.#log.close();
  }

  async #step(): Promise<void> {
    const random = this.#random;
    const draw = random.next();
    if (draw < 0.45) this.#append();
    else if (draw < 0.65) this.#appendInTransaction(random.pick(producerIds));
    else if (draw < 0.75) this.#endSome();
    else if (draw < 0.82) await this.#log.roll();
    else if (draw < 0.95) await this.#compact(random.pick([1, 500, 1 << 16]));
    else await this.#reopen();
  }

  #records(): { key: string; value: string | null; timestamp: number }[] {
    const random = this.#random;
    const now = this.#world.env.time.now();
    return Array.from({ length: random.between(1, 4) }, () => ({
      key: random.pick(keys),
      value: random.chance(0.2) ? null : `value ${++this.#serial}`,
      timestamp: now - random.between(0, 500),
    }));
  }

  #append(): void {
    const records = this.#records();
    const batch = buildBatch(records, { codec: this.#random.pick([0, 0, 1, 3, 4]) });
    this.#note(this.#log.appendBatchesSync(batch).baseOffset, records, undefined);
  }

  #appendInTransaction(producerId: bigint): void {
    const records = this.#records();
    const baseSequence = this.#sequences.get(producerId) ?? 0;
    this.#sequences.set(producerId, baseSequence + records.length);
    this.#open.add(producerId);
    const plan = { producerId, producerEpoch: 0, baseSequence, transactional: true };
    const { baseOffset } = this.#log.appendBatchesSync(buildBatch(records, plan));
    this.#note(baseOffset, records, producerId);
  }

  #note(
    baseOffset: number,
    records: readonly { key: string; value: string | null; timestamp: number }[],
    producerId: bigint | undefined,
  ): void {
    for (const [at, record] of records.entries()) {
      const fate = producerId === undefined ? 'committed' : 'open';
      this.#written.push({ ...record, offset: baseOffset + at, producerId, fate });
    }
  }

  #endSome(): void {
    const producerId = [...this.#open][0];
    if (producerId !== undefined) this.#end(producerId, this.#random.chance(0.5));
  }

  #end(producerId: bigint, aborted: boolean): void {
    this.#log.appendBatchesSync(markerBatch({ id: producerId, aborted }), {
      origin: 'coordinator',
    });
    this.#open.delete(producerId);
    for (const record of this.#written) {
      if (record.producerId !== producerId || record.fate !== 'open') continue;
      record.fate = aborted ? 'aborted' : 'committed';
    }
  }

  /** Closed in order, or as a process leaves it that was killed. */
  async #reopen(): Promise<void> {
    if (this.#random.chance(0.5)) {
      await this.#log.close();
      this.#log = await this.#world.open();
    } else {
      const killed = new CleaningWorld(config, this.#world.fs.clone());
      killed.env.time.set(this.#world.env.time.now());
      this.#world = killed;
      this.#log = await killed.open();
      await this.#check(this.#log, 0);
    }
  }

  async #compact(mapBytes: number): Promise<void> {
    const end = this.#log.logEndOffset;
    const report = await this.#log.compact({ mapBytes });
    if (report.done) this.rounds++;
    expect(this.#log.logEndOffset).toBe(end);
    await this.#check(this.#log, report.done ? report.firstDirty : 0);
  }

  async #check(log: PartitionLog, cleanEnd: number): Promise<void> {
    const all = await collect(log.read());
    const committed = await collect(log.read({ isolation: 'read_committed' }));
    const byOffset = new Map(this.#written.map((record) => [record.offset, record]));
    for (const records of [all, committed]) {
      for (const [at, found] of records.entries()) {
        expect(found).toMatchObject(plain(byOffset.get(found.offset)));
        if (at > 0) expect(found.offset).toBeGreaterThan(records[at - 1]!.offset);
      }
    }
    const stable = log.lastStableOffset;
    const visible = this.#written.filter(({ fate, offset }) => {
      return fate === 'committed' && offset < stable;
    });
    expect(valuesOf(committed)).toEqual(valuesOf(visible));
    const undecided = this.#written.filter(({ fate }) => fate !== 'aborted');
    const notAborted = all.filter(({ offset }) => byOffset.get(offset)!.fate !== 'aborted');
    expect(valuesOf(notAborted)).toEqual(valuesOf(undecided));
    const clean = all.filter(({ offset }) => offset < cleanEnd);
    expect(new Set(clean.map(({ key }) => key)).size).toBe(clean.length);
    expect(clean.filter(({ offset }) => byOffset.get(offset)!.fate !== 'committed')).toEqual([]);
    this.gone = this.#written.length - all.length;
  }
}

function plain(record: Written | undefined): object {
  expect(record).toBeDefined();
  const { offset, timestamp, key, value } = record!;
  return { offset, timestamp, key, value };
}

/** What a reader knows after all records in order; a tombstone is the same as no record. */
function valuesOf(records: readonly Pick<PlainRecord, 'key' | 'value'>[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const { key, value } of records) {
    if (value === null) values.delete(key!);
    else values.set(key!, value);
  }
  return new Map([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe('compaction', () => {
  test.each(Array.from({ length: runs }, (_, at) => at))(
    'run %i loses no latest value',
    async (at) => {
      const run = new Run(new Seeded(seed + at));
      await run.play();
      expect(run.rounds).toBeGreaterThan(0);
      expect(run.gone).toBeGreaterThan(20);
    },
  );
});
