/**
 * Rows of the feature list about how the log meets the disk and the socket, each proved by counting
 * what is asked of the file system. Rows about files, rolls, lookups and recovery are proved beside
 * what they are about (partition-log.*.test.ts, offset-index.test.ts, directory/).
 */
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { kafkaCodec, nodeFileSystem, sendRegion } from '../../../native-free-io/index.ts';
import type { LogConfigInput, PartitionLog } from '../../../src/log/index.ts';
import { buildBatch, concat } from '../../helpers/batches.ts';
import { toHex } from '../../helpers/hex.ts';
import { LogWorld, numbered, segmentFile } from '../../helpers/log-world.ts';
import type { Operation } from '../../helpers/observed-fs.ts';

const mebibyte = 1 << 20;

/** What appends of all kinds ask of the file system, opening and closing left out. */
async function producePath(
  config: LogConfigInput,
  appends = 400,
): Promise<{ operations: readonly Operation[]; log: PartitionLog; begin: number }> {
  const world = new LogWorld();
  const log = await world.open(config);
  // The first append makes the leader epoch known.
  log.appendSync(numbered(1));
  const begin = log.sizeBytes;
  world.observed.reset();
  for (let at = 0; at < appends; at++) {
    if (at % 2 === 0) log.appendSync(numbered(1 + (at % 5), at));
    else log.appendBatchesSync(concat(buildBatch(numbered(3)), buildBatch(numbered(2))));
  }
  return { operations: [...world.observed.operations], log, begin };
}

describe('segments and their files', () => {
  test('KF-28: 5 MiB at a limit of 1 MiB are at least five segments; only the last is written', async () => {
    const world = new LogWorld();
    const log = await world.open({ 'segment.bytes': mebibyte });
    const record = { value: 'x'.repeat(10_000) };
    while (log.sizeBytes < 5 * mebibyte) log.appendSync([record]);
    const names = world.namesEnding('.log');
    expect(names.length).toBeGreaterThanOrEqual(5);
    expect(Math.max(...names.map((name) => world.bytesOf(name).length))).toBeLessThanOrEqual(
      mebibyte,
    );
    const finished = names.slice(0, -1).map((name) => toHex(world.bytesOf(name)));
    world.observed.reset();
    for (let at = 0; at < 20; at++) log.appendSync([{ value: 'small' }]);
    const written = new Set(world.observed.of('write').map(({ file }) => file));
    expect([...written]).toEqual([names.at(-1)]);
    expect(names.slice(0, -1).map((name) => toHex(world.bytesOf(name)))).toEqual(finished);
  });

  test('KF-30: offsets 0 to 9 and a roll make ...10.log, not ...09.log', async () => {
    const world = new LogWorld();
    const log = await world.open();
    for (let at = 0; at < 10; at++) log.appendSync(numbered(1));
    await log.roll();
    log.appendSync(numbered(1));
    expect(world.namesEnding('.log')).toEqual([
      '00000000000000000000.log',
      '00000000000000000010.log',
    ]);
  });
});

describe('the way in', () => {
  test('KF-33: flush.messages=1 syncs every batch, the default none', async () => {
    const syncsOf = async (config: LogConfigInput): Promise<number[]> => {
      const world = new LogWorld();
      const log = await world.open(config);
      const syncs: number[] = [];
      for (let at = 0; at < 5; at++) {
        world.observed.reset();
        log.appendSync(numbered(1));
        await world.env.time.turn();
        const isSynced = () => log.recoveryPoint === log.logEndOffset;
        while (config['flush.messages'] === 1 && !isSynced()) await world.env.time.turn();
        syncs.push(world.observed.count('sync', '.log'));
      }
      return syncs;
    };
    expect(await syncsOf({})).toEqual([0, 0, 0, 0, 0]);
    expect(await syncsOf({ 'flush.messages': 1 })).toEqual([1, 1, 1, 1, 1]);
  });

  test('KF-34: every write is an append at the end of its file', async () => {
    const { operations, log, begin } = await producePath({ 'segment.bytes': 6000 });
    expect(log.segmentCount).toBeGreaterThan(10);
    const ends = new Map([[segmentFile(0, 'log'), begin]]);
    const writes = operations.filter(({ kind }) => kind === 'write');
    for (const { file, position, length } of writes) {
      expect(position, `${file} at ${position}`).toBe(ends.get(file) ?? 0);
      ends.set(file, position + length);
    }
    expect(writes.filter(({ file }) => file.endsWith('.log'))).toHaveLength(400);
    expect(operations.filter(({ kind }) => kind === 'read')).toEqual([]);
  });

  test('KF-36: data goes in by ordinary writes to the active file, and nothing is mapped', async () => {
    const { operations } = await producePath({});
    const kinds = new Set(operations.map(({ kind, file }) => `${kind} ${file}`));
    expect([...kinds]).toEqual([`write ${segmentFile(0, 'log')}`]);
    expect(operations).toHaveLength(400);
    // There is nothing to map with: what a store may ask of files is this interface.
    const powers = Object.getOwnPropertyNames(Object.getPrototypeOf(nodeFileSystem));
    expect(powers).toContain('openSync');
    expect(powers.filter((name) => /map/i.test(name))).toEqual([]);
  });
});

describe('the page cache', () => {
  test('KF-35: what was just written is read back without the disk, and memory stays flat', async () => {
    const log = await new LogWorld().open();
    const value = new Uint8Array(64 << 10).fill(7);
    const read = async (from: number): Promise<number> => {
      let bytes = 0;
      for await (const batch of log.read({ from })) bytes += batch.bytes.length;
      return bytes;
    };
    for (let at = 0; at < 20; at++) log.appendSync([{ value }]);
    await read(0);
    const blocksBefore = process.resourceUsage().fsRead;
    const memoryBefore = process.memoryUsage().arrayBuffers;
    for (let round = 0; round < 16; round++) {
      const from = log.logEndOffset;
      for (let at = 0; at < 64; at++) log.appendSync([{ value }]);
      expect(await read(from)).toBeGreaterThan(64 * value.length);
    }
    expect(log.sizeBytes).toBeGreaterThan(64 * mebibyte);
    expect(process.memoryUsage().arrayBuffers - memoryBefore).toBeLessThan(8 * mebibyte);
    // Blocks of 512 bytes; what was read is 131 072 of them.
    expect(process.resourceUsage().fsRead - blocksBefore).toBeLessThan(1000);
  });
});

describe('the way out', () => {
  test('KF-42: a socket gets the bytes of the disk; each is read once, none is decoded', async () => {
    const world = new LogWorld();
    const log = await world.open();
    for (const codec of [1, 2, 3, 4]) {
      for (let at = 0; at < 20; at++) log.appendBatchesSync(buildBatch(numbered(50), { codec }));
    }
    const spies = [1, 2, 3, 4].flatMap((codec) => [
      vi.spyOn(kafkaCodec(codec), 'decompressSync'),
      vi.spyOn(kafkaCodec(codec), 'compressSync'),
    ]);
    using region = log.readRegion(7 * 50, { maxBytes: 5000 })!;
    world.observed.reset();
    const received = await overSocket(region);
    const onDisk = readFileSync(world.path(segmentFile(0, 'log')));
    const { position, length } = region;
    expect(toHex(received)).toBe(toHex(onDisk.subarray(position, position + length)));
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
    // Read into a pooled buffer, handed to the socket from there: one copy in user space.
    expect(world.observed.bytesRead('.log')).toBe(length);
    expect(world.observed.count('write')).toBe(0);
  });
});

async function overSocket(region: Parameters<typeof sendRegion>[0]): Promise<Uint8Array> {
  const server = createServer((socket) => {
    void sendRegion(region, socket).then(() => socket.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const pieces: Uint8Array[] = [];
  client.on('data', (piece: Uint8Array) => pieces.push(piece));
  await once(client, 'close');
  server.close();
  return concat(...pieces);
}
