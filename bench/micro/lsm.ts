/** Store files and logs of the LSM core: finding, scanning, encoding, appending. */
import type { Bench } from 'tinybench';
import { MemoryFileSystem } from '../../native-free-io/index.ts';
import { BlockCache } from '../../src/lsm/files/block-cache.ts';
import { HFileReader } from '../../src/lsm/files/hfile-reader.ts';
import { HFileWriter } from '../../src/lsm/files/hfile-writer.ts';
import { encodingNames, type EncodingName } from '../../src/lsm/format/block-encoding.ts';
import { CellView } from '../../src/lsm/format/cell-view.ts';
import { writeKeyValue } from '../../src/lsm/format/kv-encoder.ts';
import { kvKeyPosition } from '../../src/lsm/format/kv-layout.ts';
import { SeekKey } from '../../src/lsm/format/seek-key.ts';
import { walKeyPrefix } from '../../src/lsm/format/wal-key.ts';
import { WalFileWriter } from '../../src/lsm/wal/wal-file-writer.ts';

const cells = 20_000;
const perCall = 1000;
const rowBytes = 16;
const family = Uint8Array.of(102);
const none = new Uint8Array(0);
const value = new Uint8Array(100).fill(97);
const row = new Uint8Array(rowBytes);

/** Rows as decimal digits, in order. */
function setRow(index: number): void {
  let rest = index;
  for (let at = rowBytes - 1; at >= 0; at--) {
    row[at] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}

async function file(encoding: EncodingName): Promise<HFileReader> {
  const fs = new MemoryFileSystem();
  const cell = new CellView();
  cell.bytes = new Uint8Array(256);
  cell.view = new DataView(cell.bytes.buffer);
  const writer = HFileWriter.create(fs, 'file', { encoding });
  for (let i = 0; i < cells; i++) {
    setRow(i);
    place(cell);
    writer.append(cell);
  }
  await writer.finish();
  return HFileReader.openSync(fs, 'file', { cache: new BlockCache(64 << 20) });
}

function place(cell: CellView): void {
  const parts = { row, family, qualifier: none, timestamp: 1_700_000_000_000, type: 4, value };
  writeKeyValue(cell.bytes, cell.view, 0, parts);
  cell.keyPosition = kvKeyPosition;
  cell.keyLength = cell.view.getInt32(0);
  cell.valuePosition = kvKeyPosition + cell.keyLength;
  cell.valueLength = value.length;
}

export async function lsm(bench: Bench): Promise<void> {
  for (const encoding of encodingNames) {
    const reader = await file(encoding);
    bench.add(`scan ${cells} cells of ${encoding}, from disk`, () => {
      const cursor = reader.cursor({ scan: true });
      let bytes = 0;
      for (let is = cursor.first(); is; is = cursor.next()) bytes += cursor.cell.valueLength;
      cursor.close();
      return bytes;
    });
  }
  const reader = await file('NONE');
  const cursor = reader.cursor();
  const key = new SeekKey();
  let at = 0;
  bench.add(`seek ${perCall} rows in cached blocks`, () => {
    for (let i = 0; i < perCall; i++) {
      at = (at + 7919) % cells;
      setRow(at);
      cursor.seek(key.firstOnColumn(row, family, none));
    }
  });
  bench.add(`ask the filter for ${perCall} rows`, () => {
    for (let i = 0; i < perCall; i++) {
      at = (at + 7919) % cells;
      setRow(at);
      reader.mayContainRow(row, 0, rowBytes);
    }
  });
  const edit = new Uint8Array(140);
  const prefix = walKeyPrefix('0'.repeat(32), 't');
  bench.add(`append ${perCall} edits of 140 bytes to a log`, () => {
    const log = WalFileWriter.create(new MemoryFileSystem(), 'log');
    for (let i = 0; i < perCall; i++) {
      log.append(prefix, {
        sequenceId: i + 1,
        writeTimeMs: 1_700_000_000_000,
        cellCount: 1,
        bytes: edit,
        start: 0,
        end: edit.length,
      });
    }
  });
}
