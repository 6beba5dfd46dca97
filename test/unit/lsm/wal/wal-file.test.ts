/** One log file: what was appended is read, what was cut is told from what is damaged. */
import { expect, test } from 'vitest';
import { CorruptionError, MemoryFileSystem } from '../../../../native-free-io/index.ts';
import { walKeyPrefix } from '../../../../src/lsm/format/wal-key.ts';
import { WalFileWriter } from '../../../../src/lsm/wal/wal-file-writer.ts';
import { randomCells, testCell } from '../../../helpers/lsm-cells.ts';
import { Seeded, seedFor } from '../../../helpers/seeded.ts';
import { editOf, readLog, type ReadLog } from '../../../helpers/wal-edits.ts';

const prefix = walKeyPrefix('0123456789abcdef0123456789abcdef', 'ns:t');
const path = 'log';

function put(fs: MemoryFileSystem, name: string, bytes: Uint8Array): void {
  const file = fs.openSync(name, 'create');
  file.truncateSync(0);
  file.writeSync(bytes, 0, bytes.length, 0);
  file.closeSync();
}

function bytesOf(fs: MemoryFileSystem, name: string): Uint8Array {
  const file = fs.openSync(name, 'read');
  const bytes = new Uint8Array(file.sizeSync());
  file.readSync(bytes, 0, bytes.length, 0);
  file.closeSync();
  return bytes;
}

interface Written {
  readonly fs: MemoryFileSystem;
  readonly bytes: Uint8Array;
  /** Where each entry begins, and where the last ends. */
  readonly bounds: readonly number[];
  readonly whole: ReadLog;
}

/** A log of some entries, synced after every second, not closed in order. */
async function written(count = 6): Promise<Written> {
  const fs = new MemoryFileSystem();
  const writer = WalFileWriter.create(fs, path);
  const bounds: number[] = [];
  for (let i = 0; i < count; i++) {
    const cells = [testCell({ row: `row-${i}` }), testCell({ value: 'v'.repeat(i * 7) })];
    bounds.push(writer.append(prefix, editOf('', i + 1, cells)));
    if (i % 2 === 1) await writer.sync();
  }
  bounds.push(writer.size);
  await writer.sync();
  await writer.abandon();
  return { fs, bytes: bytesOf(fs, path), bounds, whole: readLog(fs, path) };
}

test('HB-18 what was appended is read, closed in order or not', async () => {
  const seeded = new Seeded(seedFor('log file'));
  const fs = new MemoryFileSystem();
  const writer = WalFileWriter.create(fs, path);
  const edits = Array.from({ length: 20 }, (_, i) =>
    randomCells(seeded, { count: seeded.between(0, 12), tags: true }).map((cell) => ({
      ...cell,
      sequenceId: i + 1,
    })),
  );
  for (const [i, cells] of edits.entries()) writer.append(prefix, editOf('', i + 1, cells));
  writer.flush();
  const open = readLog(fs, path);
  expect(open.ending).toBe('end');
  expect(open.entries.map(({ cells }) => cells)).toEqual(edits);
  expect(open.entries[3]).toMatchObject({
    region: '0123456789abcdef0123456789abcdef',
    table: 'ns:t',
    sequenceId: 4,
    writeTimeMs: 1_700_000_000_004,
  });
  await writer.finish();
  expect(readLog(fs, path)).toEqual({ ...open, ending: 'closed' });
});

test('an entry larger than what is read at once', async () => {
  const fs = new MemoryFileSystem();
  const writer = WalFileWriter.create(fs, path);
  const cells = [
    testCell({ value: 'x'.repeat(5_000_000), sequenceId: 1 }),
    testCell({ sequenceId: 1 }),
  ];
  writer.append(prefix, editOf('', 1, cells));
  writer.append(prefix, editOf('', 2));
  await writer.finish();
  const { entries } = readLog(fs, path);
  expect(entries.map((entry) => entry.cells.length)).toEqual([2, 1]);
  expect(entries[0]!.cells).toEqual(cells);
});

test('TestParsePartialWALFile: a log cut at any byte gives the entries before the cut', async () => {
  const { fs, bytes, bounds, whole } = await written();
  for (let size = 0; size < bytes.length; size++) {
    put(fs, 'cut', bytes.subarray(0, size));
    const read = readLog(fs, 'cut');
    const count = bounds.filter((bound) => bound <= size).length - 1;
    const entries = whole.entries.slice(0, Math.max(0, count));
    expect(read.entries, `cut at ${size}`).toEqual(entries);
    const isAtBound = bounds.includes(size);
    expect(read.ending).toBe(size < bounds[0]! ? 'empty' : isAtBound ? 'end' : 'torn');
    if (read.ending !== 'empty') expect(read.endPosition).toBe(bounds[Math.max(0, count)]);
  }
});

test('a tail of zeros is torn, not damage', async () => {
  const { fs, bytes, bounds, whole } = await written();
  for (const bound of bounds.slice(1)) {
    const zeroed = new Uint8Array(bytes);
    zeroed.fill(0, bound);
    put(fs, 'zeros', new Uint8Array([...zeroed, ...new Uint8Array(5000)]));
    const read = readLog(fs, 'zeros');
    expect(read.ending).toBe('torn');
    expect(read.entries).toEqual(whole.entries.slice(0, bounds.indexOf(bound)));
  }
});

test('garbage in what was durable is damage, garbage in what was not is the end', async () => {
  const { fs, bytes, bounds, whole } = await written();
  for (let at = bounds[0]!; at < bytes.length; at++) {
    const bent = new Uint8Array(bytes);
    bent[at]! ^= 0x55;
    put(fs, 'bent', bent);
    const entry = bounds.findLastIndex((bound) => bound <= at);
    let read: ReadLog | undefined;
    try {
      read = readLog(fs, 'bent');
    } catch (error) {
      expect(error).toBeInstanceOf(CorruptionError);
      expect(error).toMatchObject({ code: 'LSM_CORRUPT_WAL', context: { path: 'bent' } });
    }
    // Entries 4 and 5 were synced last: none behind them knows.
    if (entry < 4) expect(read, `flipped at ${at}`).toBeUndefined();
    else expect(read?.entries, `flipped at ${at}`).toEqual(whole.entries.slice(0, entry));
  }
});

test('a log closed in order is whole or damaged, never torn', async () => {
  const fs = new MemoryFileSystem();
  const writer = WalFileWriter.create(fs, path);
  for (let i = 1; i <= 3; i++) writer.append(prefix, editOf('', i));
  const size = writer.size;
  await writer.finish();
  const bytes = bytesOf(fs, path);
  expect(bytes.length).toBe(size + 8);
  bytes[size - 3]! ^= 1;
  put(fs, path, bytes);
  expect(() => readLog(fs, path)).toThrow(expect.objectContaining({ code: 'LSM_CORRUPT_WAL' }));
});

test('other files are no logs', () => {
  const fs = new MemoryFileSystem();
  put(fs, 'text', new TextEncoder().encode('something else entirely'));
  expect(() => readLog(fs, 'text')).toThrow(expect.objectContaining({ code: 'LSM_CORRUPT_WAL' }));
});
