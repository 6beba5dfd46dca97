/**
 * The same encoded batches appended to Apache's log and to ours give the same files, byte for byte,
 * and the same answers.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kafkaVersions } from './jars.ts';
import { KafkaJvm } from './jvm.ts';
import { TemporaryFolder } from './partition-files.ts';
import { textRecord, type BatchSpec } from './records.ts';
import { TwinLogs } from './twin-logs.ts';

const startMs = 1_700_000_000_000;

/** Small batches whose timestamps go up and down. */
function steady(count: number, from = 0): BatchSpec[] {
  return Array.from({ length: count }, (_, index) => {
    const n = from + index;
    const t = startMs - 100_000 + n * 10 - (n % 7) * 25;
    return {
      records: Array.from({ length: 1 + (n % 3) }, (_unused, k) =>
        textRecord(`key-${n}`, `value ${n}.${k} `.repeat(1 + (n % 5)), t + ((k * 31) % 17)),
      ),
    };
  });
}

describe.each(kafkaVersions)('Kafka %s', (version) => {
  let jvm: KafkaJvm;
  beforeAll(async () => {
    jvm = await KafkaJvm.start(version);
  });
  afterAll(() => jvm.close());

  test('KF-29 small batches with an index entry every few hundred bytes', async () => {
    using folder = new TemporaryFolder();
    await using twins = await TwinLogs.open(jvm, folder, {
      name: 'small-0',
      config: { 'index.interval.bytes': 300 },
    });
    await twins.append(steady(200));
    const files = await twins.closeAndCompare();
    expect(files['00000000000000000000.index']!.length / 16).toBeGreaterThan(30);
  });
});
