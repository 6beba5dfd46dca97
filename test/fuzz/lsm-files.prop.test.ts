/**
 * Store files and logs with bytes bent, cut and repeated: a typed error that names the file, or the
 * cells that are there; never a hang, never memory without bounds.
 */
import { expect, test } from 'vitest';
import { MemoryFileSystem, StoreError } from '../../native-free-io/index.ts';
import { HFileReader } from '../../src/lsm/files/hfile-reader.ts';
import { HFileWriter } from '../../src/lsm/files/hfile-writer.ts';
import type { HFileWriterOptions } from '../../src/lsm/files/writer-options.ts';
import { walKeyPrefix } from '../../src/lsm/format/wal-key.ts';
import { WalFileWriter } from '../../src/lsm/wal/wal-file-writer.ts';
import { allCells, randomCells, viewOf, type TestCell } from '../helpers/lsm-cells.ts';
import { Seeded, seedFor } from '../helpers/seeded.ts';
import { editOf, readLog } from '../helpers/wal-edits.ts';

const runs = Number(process.env['VARVE_FUZZ_RUNS'] ?? 1);
const path = 'bent';

function put(fs: MemoryFileSystem, bytes: Uint8Array): void {
  const file = fs.openSync(path, 'create');
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

/** Reads all of it; the error when it is one of ours. */
function outcomeOf(read: () => void, what: string): StoreError | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    expect(error, what).toBeInstanceOf(StoreError);
    expect((error as StoreError).context.path, `${what}: ${String(error)}`).toBe(path);
    return error as StoreError;
  }
}

async function storeFile(
  cells: readonly TestCell[],
  options: HFileWriterOptions,
): Promise<{ fs: MemoryFileSystem; bytes: Uint8Array }> {
  const fs = new MemoryFileSystem();
  const writer = HFileWriter.create(fs, 'file', options);
  for (const cell of cells) writer.append(viewOf(cell));
  await writer.finish();
  return { fs, bytes: bytesOf(fs, 'file') };
}

const levels = { blockBytes: 150, indexBlockBytes: 200, minIndexEntries: 2, includesTags: true };
const variants: readonly (readonly [string, HFileWriterOptions])[] = [
  ['plain', levels],
  ['gz and FAST_DIFF', { ...levels, compression: 'gz', encoding: 'FAST_DIFF' }],
];

test.each(variants)('a store file cut at any byte is refused: %s', async (name, options) => {
  const cells = randomCells(new Seeded(seedFor(name)), { count: 25, tags: true });
  const { fs, bytes } = await storeFile(cells, options);
  const step = name === 'plain' ? 1 : 17;
  for (let size = 0; size < bytes.length; size += step) {
    put(fs, bytes.subarray(0, size));
    const error = outcomeOf(() => HFileReader.openSync(fs, path).close(), `cut at ${size}`);
    expect(error, `cut at ${size}`).toBeDefined();
  }
});

test.each(variants)('a flipped bit is found wherever it matters: %s', async (name, options) => {
  const seeded = new Seeded(seedFor(name));
  const cells = randomCells(seeded, { count: 25, tags: true });
  const { fs, bytes } = await storeFile(cells, options);
  const padding = bytes.length - 4096;
  for (let at = 0; at < bytes.length; at++) {
    // Zeros of the trailer tell nothing: a few of them stand for all.
    if (at > padding + 200 && at < bytes.length - 4 && at % 500 !== 0) continue;
    const bent = new Uint8Array(bytes);
    bent[at]! ^= 1 << seeded.between(0, 7);
    put(fs, bent);
    const what = `flipped at ${at}`;
    const error = outcomeOf(() => {
      using file = HFileReader.openSync(fs, path);
      const read = allCells(file.cursor());
      if (at < padding) expect(read, what).toEqual(cells);
    }, what);
    // Chunks of filters are not read by a cursor.
    if (error !== undefined) expect(error.code, what).toMatch(/^LSM_|^BUFFER_|^IO_/);
  }
});

test('with checksums not verified, bent blocks are errors of their decoders', async () => {
  const seeded = new Seeded(seedFor('decoders of store files'));
  for (const encoding of ['NONE', 'FAST_DIFF', 'DIFF', 'PREFIX', 'ROW_INDEX_V1'] as const) {
    const cells = randomCells(seeded, { count: 60, tags: true });
    const { fs, bytes } = await storeFile(cells, { ...levels, encoding });
    for (let run = 0; run < 80 * runs; run++) {
      const bent = new Uint8Array(bytes);
      for (let i = seeded.between(1, 4); i > 0; i--) {
        bent[seeded.between(0, bytes.length - 4097)] = seeded.pick([0, 1, 0x7f, 0x80, 0xff]);
      }
      put(fs, bent);
      outcomeOf(() => {
        using file = HFileReader.openSync(fs, path, { verifiesChecksums: false });
        expect(allCells(file.cursor({ scan: true })).length).toBeGreaterThanOrEqual(0);
        file.midKey();
        for (const cell of cells.slice(0, 5)) {
          const view = viewOf(cell);
          const end = view.rowPosition + view.rowLength;
          file.mayContainRow(view.bytes, view.rowPosition, end);
          file.cursor().seek(view);
        }
      }, `${encoding} run ${run}`);
    }
  }
});

test('a bent log gives whole entries, a torn end, or an error that names it', async () => {
  const seeded = new Seeded(seedFor('bent logs'));
  const fs = new MemoryFileSystem();
  const writer = WalFileWriter.create(fs, 'log');
  const prefix = walKeyPrefix('region', 't');
  for (let i = 1; i <= 20; i++) {
    const cells = randomCells(seeded, { count: 5, tags: true });
    writer.append(prefix, editOf('', i, cells));
    if (i % 4 === 0) await writer.sync();
  }
  writer.flush();
  const bytes = bytesOf(fs, 'log');
  const whole = readLog(fs, 'log').entries;
  for (let run = 0; run < 200 * runs; run++) {
    const bent = new Uint8Array(bytes);
    const from = seeded.between(0, bytes.length - 1);
    for (let i = 0; i < seeded.pick([1, 2, 16, 200]) && from + i < bytes.length; i++) {
      bent[from + i] = seeded.pick([0, 0xff, seeded.between(0, 255)]);
    }
    put(fs, bent.subarray(0, seeded.chance(0.3) ? seeded.between(0, bytes.length) : bytes.length));
    outcomeOf(() => {
      const { entries } = readLog(fs, path);
      expect(entries).toEqual(whole.slice(0, entries.length));
    }, `run ${run}`);
  }
});
