/**
 * The files of cursors beside a broker's own: in its log root and in a partition. The broker starts
 * over them, serves and writes as if they were not there, and they outlive its runs.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LogDirectory, PartitionLog } from '../../../src/log/index.ts';
import { KafkaBroker } from './broker.ts';
import { steadyBatches } from './fixture-scripts.ts';
import { kafkaVersions } from './jars.ts';
import { KafkaJvm } from './jvm.ts';
import { TemporaryFolder } from './partition-files.ts';
import { KafkaProbe } from './probe.ts';

describe.each(kafkaVersions)('Kafka %s', (version) => {
  let jvm: KafkaJvm;
  let broker: KafkaBroker;
  let folder: TemporaryFolder;

  beforeAll(async () => {
    jvm = await KafkaJvm.start(version);
    folder = new TemporaryFolder();
    broker = new KafkaBroker(jvm.jars, { dir: folder.join('broker') });
    await broker.start();
  });
  afterAll(async () => {
    await broker?.kill();
    await jvm?.close();
    folder?.[Symbol.dispose]();
  });

  test('a broker ignores cursors in its log root and in a partition', async () => {
    const probe = (): KafkaProbe => new KafkaProbe(jvm, broker.bootstrap);
    await probe().createTopics([{ name: 'orders', config: {} }]);
    await probe().produce('orders', steadyBatches(5), {});
    const before = (await probe().consume('orders')).records;
    await broker.stop();

    const root = broker.logDir;
    const directory = await LogDirectory.open({ dir: root, maintenance: false });
    const shared = await directory.partition('orders', 0, { create: false });
    await (await shared.cursor('worker')).commit(2);
    await directory.close();
    const alone = await PartitionLog.open({ dir: join(root, 'orders-0') });
    await (await alone.cursor('worker')).commit(3);
    await alone.close();
    expect(existsSync(join(root, '.varve_cursors'))).toBe(true);
    expect(existsSync(join(root, 'orders-0', '.varve_cursors'))).toBe(true);

    await broker.start();
    expect((await probe().consume('orders')).records).toEqual(before);
    await probe().produce('orders', steadyBatches(5), {});
    const after = (await probe().consume('orders')).records;
    expect(after.length).toBeGreaterThan(before.length);
    await broker.stop();

    await using again = await LogDirectory.open({ dir: root, maintenance: false });
    const log = await again.partition('orders', 0, { create: false });
    const cursor = await log.cursor('worker');
    expect([cursor.position, cursor.lag]).toEqual([2, log.logEndOffset - 2]);
    const offsets: number[] = [];
    for await (const batch of cursor.read()) {
      for (const { offset } of batch.records()) if (offset >= 2) offsets.push(offset);
    }
    expect(offsets).toEqual(after.map(({ offset }) => offset).filter((offset) => offset >= 2));
  });
});
