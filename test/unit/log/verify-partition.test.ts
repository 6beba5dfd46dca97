import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { nodeFileSystem as fs } from '../../../native-free-io/index.ts';
import { dumpFile, inspectFile, verifyPartition, type Problem } from '../../../src/log/index.ts';
import { writeBatchCrc } from '../../../src/log/format/batch-header.ts';
import { buildBatch, markerBatch, producerBatch } from '../../helpers/batches.ts';
import { codeOfPromise } from '../../helpers/codes.ts';
import { toHex, viewOf } from '../../helpers/hex.ts';
import { LogWorld, numbered, segmentFile } from '../../helpers/log-world.ts';

/** Two segments with every kind of file. */
async function closedWorld(): Promise<LogWorld> {
  const world = new LogWorld();
  const log = await world.open({ 'index.interval.bytes': 0 });
  for (let count = 0; count < 4; count++) log.appendSync(numbered(2));
  await log.roll();
  log.appendBatchesSync(producerBatch({ id: 7n, sequence: 0 }, { transactional: true }));
  log.appendBatchesSync(markerBatch({ id: 7n, aborted: true }), { origin: 'coordinator' });
  log.appendSync(numbered(2));
  await log.close();
  return world;
}

const firstLog = segmentFile(0, 'log');

function change(world: LogWorld, name: string, edit: (bytes: Buffer) => void): void {
  const bytes = readFileSync(world.path(name));
  edit(bytes);
  writeFileSync(world.path(name), bytes);
}

describe('verifyPartition', () => {
  test('a sound directory has no problems, and nothing in it changes', async () => {
    const world = await closedWorld();
    const state = () => world.names().map((name) => toHex(world.bytesOf(name)));
    const before = state();
    const report = await verifyPartition({ dir: world.dir });
    expect(report).toMatchObject({
      batches: 7,
      records: 12,
      logStartOffset: 0,
      logEndOffset: 12,
      problems: [],
    });
    expect(report.bytes).toBe(
      world.namesEnding('.log').reduce((sum, name) => sum + world.bytesOf(name).length, 0),
    );
    expect(state()).toEqual(before);
  });

  const damages: [string, (world: LogWorld) => void, RegExp][] = [
    ['a flipped bit', (w) => change(w, firstLog, (b) => (b[70]! ^= 1)), /checksum/],
    ['a torn batch', (w) => truncateSync(w.path(firstLog), 300), /incomplete batch/],
    [
      'an offset that goes back',
      (w) => change(w, firstLog, (b) => b.writeBigInt64BE(0n, b.length / 4)),
      /does not follow/,
    ],
    [
      'a malformed record under a right checksum',
      (w) =>
        change(w, firstLog, (b) => {
          b[61]! += 2;
          writeBatchCrc(b, viewOf(b), 0);
        }),
      /after the headers/,
    ],
    [
      'an offset index entry that points beside its batch',
      (w) => change(w, segmentFile(0, 'index'), (b) => b.writeInt32BE(5, 4)),
      /no batch begins at byte 5/,
    ],
    [
      'an offset index entry with another offset',
      (w) => change(w, segmentFile(0, 'index'), (b) => b.writeInt32BE(9, 0)),
      /ends at offset/,
    ],
    ['a missing offset index', (w) => rmSync(w.path(segmentFile(0, 'index'))), /index is missing/],
    [
      'a missing time index',
      (w) => rmSync(w.path(segmentFile(0, 'timeindex'))),
      /index is missing/,
    ],
    [
      'a time index entry with another time',
      (w) => change(w, segmentFile(0, 'timeindex'), (b) => b.writeBigInt64BE(5n, 0)),
      /greatest timestamp/,
    ],
    [
      'a time index entry outside the segment',
      (w) => change(w, segmentFile(0, 'timeindex'), (b) => b.writeInt32BE(500, 8)),
      /outside the segment/,
    ],
    [
      'bytes after the last index entry',
      (w) => appendFileSync(w.path(segmentFile(0, 'index')), 'xyz'),
      /3 bytes after the last entry/,
    ],
    [
      'an aborted transaction outside the segment',
      (w) => change(w, segmentFile(8, 'txnindex'), (b) => b.writeBigInt64BE(99n, 18)),
      /outside the segment/,
    ],
    [
      'an aborted transaction that ends before it begins',
      (w) => change(w, segmentFile(8, 'txnindex'), (b) => b.writeBigInt64BE(11n, 10)),
      /transaction from 11/,
    ],
    [
      'a damaged snapshot',
      (w) => change(w, segmentFile(12, 'snapshot'), (b) => (b[12]! ^= 1)),
      /checksum/,
    ],
    [
      'a malformed epoch file',
      (w) => writeFileSync(w.path('leader-epoch-checkpoint'), 'x'),
      /version/,
    ],
    [
      'a malformed partition.metadata',
      (w) => writeFileSync(w.path('partition.metadata'), 'x'),
      /version/,
    ],
  ];
  test.each(damages)('%s is found, with its file', async (_name, damage, reason) => {
    const world = await closedWorld();
    damage(world);
    const { problems } = await verifyPartition({ dir: world.dir });
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]!.reason).toMatch(reason);
    expect(problems[0]!.path.startsWith(world.dir)).toBe(true);
  });

  test('without depth records are not walked', async () => {
    const world = await closedWorld();
    change(world, firstLog, (bytes) => {
      bytes[61]! += 2;
      writeBatchCrc(bytes, viewOf(bytes), 0);
    });
    expect((await verifyPartition({ dir: world.dir, deep: false })).problems).toEqual([]);
  });

  test('a segment that begins before the one before it ends is found', async () => {
    const world = await closedWorld();
    const late = buildBatch(numbered(1), { baseOffset: 20 });
    appendFileSync(world.path(firstLog), late);
    const { problems } = await verifyPartition({ dir: world.dir });
    expect(problems.some(({ reason }) => reason.includes('ends at offset 20'))).toBe(true);
  });

  test('zeros that preallocation left are no damage', async () => {
    const world = await closedWorld();
    appendFileSync(world.path(segmentFile(8, 'log')), new Uint8Array(5000));
    expect((await verifyPartition({ dir: world.dir })).problems).toEqual([]);
  });

  test('a directory without segments is not a partition', async () => {
    const world = await closedWorld();
    for (const name of world.namesEnding('.log')) rmSync(world.path(name));
    expect(await codeOfPromise(verifyPartition({ dir: world.dir }))).toBe('LOG_NOT_FOUND');
  });

  test('each segment is told as it is done; a signal stops before the next', async () => {
    const world = await closedWorld();
    const seen: number[] = [];
    const controller = new AbortController();
    const onSegment = ({ baseOffset }: { baseOffset: number }): void => {
      seen.push(baseOffset);
      controller.abort();
    };
    const stopped = verifyPartition({ dir: world.dir, onSegment, signal: controller.signal });
    expect(await codeOfPromise(stopped)).toBe('IO_ABORTED');
    expect(seen).toEqual([0]);
  });
});

describe('dumpFile', () => {
  const dump = (world: LogWorld, name: string, options = {}) => {
    const problems: Problem[] = [];
    const onProblem = (problem: Problem): number => problems.push(problem);
    return { lines: [...dumpFile(fs, world.path(name), { ...options, onProblem })], problems };
  };

  test('a segment is listed batch by batch, record by record', async () => {
    const world = await closedWorld();
    const { lines, problems } = dump(world, firstLog, { data: true });
    expect(problems).toEqual([]);
    expect(lines[0]).toBe(`Dumping ${firstLog}`);
    expect(lines[1]).toBe('Log starting offset: 0');
    expect(lines[2]).toMatch(
      /^baseOffset: 0 lastOffset: 1 count: 2 .*position: 0 .*isvalid: true$/,
    );
    expect(lines[3]).toMatch(/^\| offset: 0 .*payload: value 0$/);
    expect(lines).toHaveLength(2 + 4 * 3);
    expect(dump(world, firstLog, { deep: false }).lines).toHaveLength(2 + 4);
  });

  test('markers, indexes and snapshots are listed too', async () => {
    const world = await closedWorld();
    expect(dump(world, segmentFile(8, 'log')).lines.join('\n')).toMatch(
      /endTxnMarker: ABORT coordinatorEpoch: 0/,
    );
    expect(dump(world, segmentFile(0, 'index')).lines[1]).toMatch(/offset: 3 position: \d+/);
    expect(dump(world, segmentFile(0, 'timeindex')).lines[1]).toMatch(/timestamp: \d+ offset: 1/);
    expect(dump(world, segmentFile(8, 'txnindex')).lines[1]).toMatch(/producerId: 7/);
    expect(dump(world, segmentFile(12, 'snapshot')).lines[1]).toMatch(/producerId: 7/);
  });

  test('damage ends the listing with a problem that says where', async () => {
    const world = await closedWorld();
    change(world, firstLog, (bytes) => (bytes[bytes.length / 4 + 70]! ^= 1));
    const { lines, problems } = dump(world, firstLog, { deep: false });
    expect(lines).toHaveLength(3);
    expect(problems).toMatchObject([{ position: world.bytesOf(firstLog).length / 4 }]);
  });
});

describe('inspectFile', () => {
  test('knows the files of a partition by name, and the others by their bytes', async () => {
    const world = await closedWorld();
    writeFileSync(world.path('renamed'), world.bytesOf(firstLog));
    writeFileSync(world.path('snapshot'), world.bytesOf(segmentFile(12, 'snapshot')));
    writeFileSync(world.path('nothing'), 'hello');
    const kindOf = (name: string) => inspectFile(world.path(name)).kind;
    expect([firstLog, 'leader-epoch-checkpoint', 'partition.metadata'].map(kindOf)).toEqual([
      'Kafka log segment',
      'Kafka checkpoint',
      'Kafka partition metadata',
    ]);
    expect(['renamed', 'snapshot', 'nothing'].map(kindOf)).toEqual([
      'Kafka record batches',
      'Kafka producer snapshot',
      'not a file varve knows',
    ]);
  });

  test('says when there is more than the limit', async () => {
    const world = await closedWorld();
    const whole = inspectFile(world.path(firstLog));
    expect([whole.lines.length, whole.truncated]).toEqual([14, false]);
    const exactly = inspectFile(world.path(firstLog), { limit: 14 });
    expect([exactly.lines.length, exactly.truncated]).toEqual([14, false]);
    const cut = inspectFile(world.path(firstLog), { limit: 5 });
    expect([cut.lines.length, cut.truncated]).toEqual([5, true]);
  });
});
