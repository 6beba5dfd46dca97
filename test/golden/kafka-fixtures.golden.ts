/**
 * Partition directories written by real Kafka brokers, read by us: every batch, every record, every
 * index entry, and the same dump line for line.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeFileSystem } from '../../native-free-io/index.ts';
import { dumpFile, PartitionLog, verifyPartition, type Isolation } from '../../src/log/index.ts';
import {
  KafkaFixture,
  kafkaFixtureNames,
  type FixtureRecord,
  type FixtureVersion,
} from '../fixtures/kafka/fixtures.ts';

const versions: FixtureVersion[] = ['3.9.1', '4.3.1'];
const cases = versions.flatMap((version) =>
  kafkaFixtureNames(version).map((name) => [version, name] as const),
);

type PlainRecord = Omit<FixtureRecord, 'timestampType'>;

function plain(record: FixtureRecord): PlainRecord {
  const { offset, timestamp, key, value, headers } = record;
  return { offset, timestamp, key, value, headers };
}

async function readAll(dir: string, isolation: Isolation): Promise<PlainRecord[]> {
  await using log = await PartitionLog.open({ dir, readOnly: true });
  const records: PlainRecord[] = [];
  const base64 = (bytes: Uint8Array | null): string | null =>
    bytes === null ? null : Buffer.from(bytes).toString('base64');
  for await (const batch of log.read({ isolation })) {
    for (const record of batch.records()) {
      records.push({
        offset: record.offset,
        timestamp: record.timestamp,
        key: base64(record.key),
        value: base64(record.value),
        headers: record.headers.map(({ key, value }) => [key, base64(value)] as const),
      });
    }
  }
  return records;
}

/** What lies below the log start is still in the files, but not served. */
function served(records: readonly FixtureRecord[], fixture: KafkaFixture): PlainRecord[] {
  return records
    .filter((record) => record.offset >= fixture.case.offsets.earliest)
    .map((record) => plain(record));
}

describe.each(cases)('a directory of Kafka %s, %s', (version, name) => {
  it('KF-27 is read record for record, uncommitted and committed', async () => {
    using fixture = new KafkaFixture(version, name);
    const from = fixture.case.offsets.earliest;
    const all = (await readAll(fixture.dir, 'read_uncommitted')).filter((r) => r.offset >= from);
    expect(all).toEqual(served(fixture.records(), fixture));
    const committed = (await readAll(fixture.dir, 'read_committed')).filter(
      (r) => r.offset >= from,
    );
    expect(committed).toEqual(served(fixture.committedRecords(), fixture));
  });

  it('KF-27 ends where the broker said, for both isolation levels', async () => {
    using fixture = new KafkaFixture(version, name);
    await using log = await PartitionLog.open({ dir: fixture.dir, readOnly: true });
    const { latest, latestStable } = fixture.case.offsets;
    expect(log.logEndOffset).toBe(latest);
    expect(log.lastStableOffset).toBe(latestStable);
  });

  it('dumps as DumpLogSegments printed it', () => {
    using fixture = new KafkaFixture(version, name);
    const lines: string[] = [];
    for (const file of readdirSync(fixture.dir).sort()) {
      lines.push(
        ...dumpFile(nodeFileSystem, join(fixture.dir, file), { onProblem: (p) => lines.push(p.reason) }),
      );
    }
    if (name === 'killed-preallocated') {
      // The tool gives up where the preallocated space begins; we say so and go on.
      expect(lines).toContain('a batch size of 0');
      const batches = lines.filter((line) => line.startsWith('baseOffset: '));
      expect(batches.length).toBe(fixture.batches().length);
      return;
    }
    // What the tool complained about on standard error follows after an empty line.
        expect(lines.join('\n')).toBe(fixture.dump().split('\n\n')[0]!.trimEnd());
  });

  it('is sound, and opening it for reading changes nothing', async () => {
    using fixture = new KafkaFixture(version, name);
    const before = readdirSync(fixture.dir).sort();
    const report = await verifyPartition({ dir: fixture.dir });
    expect(report.problems).toEqual([]);
    expect(report.batches).toBe(fixture.batches().length);
    await readAll(fixture.dir, 'read_uncommitted');
    expect(readdirSync(fixture.dir).sort()).toEqual(before);
  });
});
