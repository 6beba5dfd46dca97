/**
 * Random damage: to batches given to a log, and to the files of a partition directory.
 *
 * Whatever the bytes, an operation either works or throws a StoreError, ends, and never gives out a
 * record that was not written. `VARVE_SEED` replays; `VARVE_FUZZ_RUNS` makes it longer.
 */
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { StoreError } from '../../native-free-io/index.ts';
import { BatchVerdict, verifyBatch, verifyRecords } from '../../src/log/format/batch-verifier.ts';
import { verifyPartition, type PartitionLog } from '../../src/log/index.ts';
import {
  buildBatch,
  markerBatch,
  plainRecords,
  producerBatch,
  type PlainRecord,
} from '../helpers/batches.ts';
import { viewOf } from '../helpers/hex.ts';
import { LogWorld } from '../helpers/log-world.ts';
import { Seeded, seedFor } from '../helpers/seeded.ts';

const seed = seedFor('fuzz of the log');
const runs = Number(process.env['VARVE_FUZZ_RUNS'] ?? 1);

function randomBatch(random: Seeded): Uint8Array {
  const records = Array.from({ length: random.between(1, 6) }, () => ({
    key: random.chance(0.3) ? null : random.bytes(random.between(0, 20)),
    value: random.chance(0.1) ? null : random.bytes(random.between(0, 80)),
    headers: Array.from({ length: random.between(0, 2) }, () => ({
      key: 'h'.repeat(random.between(0, 3)),
      value: random.chance(0.3) ? null : random.bytes(3),
    })),
    timestamp: random.between(0, 2 ** 40),
  }));
  return buildBatch(records, {
    baseOffset: random.between(0, 2 ** 50),
    producerId: random.chance(0.5) ? BigInt(random.between(0, 1000)) : -1n,
    producerEpoch: 0,
    baseSequence: 0,
  });
}

/** Some bytes turned, some overwritten, sometimes a cut. */
function damage(bytes: Uint8Array, random: Seeded): Uint8Array {
  let result = bytes.slice();
  for (let count = random.between(1, 4); count > 0; count--) {
    if (result.length === 0) break;
    const at = random.between(0, result.length - 1);
    const kind = random.between(1, 4);
    if (kind === 1) result[at]! ^= 1 << random.between(0, 7);
    else if (kind === 2) result.set(random.bytes(Math.min(8, result.length - at)), at);
    else if (kind === 3) result.fill(0, at, Math.min(result.length, at + random.between(1, 40)));
    else result = result.slice(0, at);
  }
  return result;
}

function onlyStoreErrors(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(StoreError);
  }
}

describe('damaged batches', () => {
  test('verifying and decoding give a verdict or a StoreError', () => {
    const random = new Seeded(seed);
    for (let round = 0; round < 4000 * runs; round++) {
      const bytes = random.chance(0.1)
        ? random.bytes(random.between(0, 200))
        : damage(randomBatch(random), random);
      const view = viewOf(bytes);
      for (const checksum of [true, false]) {
        const verdict = new BatchVerdict();
        verifyBatch(bytes, view, 0, bytes.length, { checksum, verdict });
        if (verdict.status !== 'ok') continue;
        expect(verdict.size).toBeLessThanOrEqual(bytes.length);
        // Reported, never thrown: a broker answers with an error code.
        verifyRecords(bytes, view, 0, { maxLength: 1 << 16 });
      }
    }
  });

  test('appending them changes nothing unless it works, and leaves the log in order', async () => {
    const random = new Seeded(seed);
    const log = await new LogWorld().open({ 'segment.bytes': 5000 });
    for (let round = 0; round < 1500 * runs; round++) {
      const bytes = random.chance(0.2) ? randomBatch(random) : damage(randomBatch(random), random);
      const origin = random.pick(['client', 'client', 'coordinator', 'replica'] as const);
      const validate = random.pick(['batch', 'records'] as const);
      const before = [log.logEndOffset, log.sizeBytes];
      try {
        log.appendBatchesSync(bytes, { origin, validate });
      } catch (error) {
        expect(error).toBeInstanceOf(StoreError);
        expect([log.logEndOffset, log.sizeBytes]).toEqual(before);
      }
      log.core.checkInvariants();
    }
    expect(log.core.failure).toBeUndefined();
    const report = await verifyPartition({ dir: log.dir, deep: false });
    const unwritten = /index is missing|no batch begins/;
    expect(report.problems.filter(({ reason }) => !unwritten.test(reason))).toEqual([]);
  });
});

/** A directory with many kinds of files, closed in order or not; and its records by offset. */
async function madeDirectory(random: Seeded): Promise<{ world: LogWorld; records: Set<string> }> {
  const world = new LogWorld();
  const log = await world.open({ 'segment.bytes': 700, 'index.interval.bytes': 100 });
  for (let count = 0; count < 30; count++) {
    const value = `${log.logEndOffset}`.padEnd(random.between(0, 60), '.');
    const records = [{ value }, { value: `${value} too` }];
    log.appendBatchesSync(buildBatch(records), { leaderEpoch: count >> 3 });
    if (count % 5 === 0) {
      const sequence = count / 5;
      log.appendBatchesSync(producerBatch({ id: 1n, sequence }, { transactional: true }));
      log.appendBatchesSync(markerBatch({ id: 1n, aborted: random.chance(0.5) }), {
        origin: 'coordinator',
      });
    }
  }
  const records = new Set<string>();
  for await (const batch of log.read({ controls: true })) {
    for (const record of plainRecords(batch.cursor())) {
      records.add(withoutOffset(record));
    }
  }
  const crashed = random.chance(0.5);
  const copy = world.crashed();
  await log.close();
  return { world: crashed ? copy : world, records };
}

function damageDirectory(world: LogWorld, random: Seeded): string[] {
  const done: string[] = [];
  for (let count = random.between(1, 4); count > 0; count--) {
    const name = random.pick([...world.names(), '.varve_checkpoint']);
    const path = world.path(name);
    const kind = random.between(1, 4);
    try {
      if (kind === 1) rmSync(path);
      else if (kind === 2) truncateSync(path, random.between(0, readFileSync(path).length));
      else writeFileSync(path, damage(new Uint8Array(readFileSync(path)), random));
    } catch (error) {
      // Taken away by an earlier round.
      expect(error).toMatchObject({ code: 'ENOENT' });
    }
    done.push(`${kind} ${name}`);
  }
  return done;
}

/**
 * Reads all it can; each record must be one that was written. Only its offset may differ, because
 * that lies outside the checksum.
 */
async function readAll(log: PartitionLog, records: Set<string>, note: string): Promise<void> {
  for (const isolation of ['read_uncommitted', 'read_committed'] as const) {
    try {
      for await (const batch of log.read({ isolation, controls: true })) {
        for (const record of plainRecords(batch.cursor())) {
          expect(records, note).toContain(withoutOffset(record));
        }
      }
    } catch (error) {
      expect(error, note).toBeInstanceOf(StoreError);
    }
  }
}

function withoutOffset(record: PlainRecord): string {
  return JSON.stringify({ ...record, offset: 0 });
}

describe('damaged directories', () => {
  test.each(Array.from({ length: 40 * runs }, (_, index) => seed + index))(
    'open, or say why not, and give out nothing that was not written (seed %i)',
    async (runSeed) => {
      const random = new Seeded(runSeed);
      const { world, records } = await madeDirectory(random);
      const done = damageDirectory(world, random);
      const note = `damage: ${done.join(', ')}`;
      const report = await verifyPartition({ dir: world.dir }).catch((error: unknown) => error);
      if (report instanceof Error) expect(report, note).toBeInstanceOf(StoreError);
      const config = { 'segment.bytes': 700, 'index.interval.bytes': 100 };
      const readOnly = random.chance(0.3);
      let log: PartitionLog;
      try {
        log = await world.open(config, { readOnly });
      } catch (error) {
        expect(error, note).toBeInstanceOf(StoreError);
        return;
      }
      log.core.checkInvariants();
      await readAll(log, records, note);
      onlyStoreErrors(() => log.readRegion(log.logStartOffset, 100)?.release());
      await log.offsetForTimestamp(0).catch((error: unknown) => {
        expect(error, note).toBeInstanceOf(StoreError);
      });
      if (!readOnly) {
        const { baseOffset } = log.appendSync([{ value: 'after' }]);
        await log.close();
        const again = await world.open(config);
        expect(again.logEndOffset, note).toBe(baseOffset + 1);
        expect(again.loadReport.truncatedBytes, note).toBe(0);
      }
    },
  );
});
