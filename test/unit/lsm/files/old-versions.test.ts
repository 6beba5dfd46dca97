/** TestFixedFileTrailer: files of version 2, as releases from 0.92 to 1.x wrote them. */
import { expect, test } from 'vitest';
import { ByteSink, MemoryFileSystem } from '../../../../native-free-io/index.ts';
import { readPool } from '../../../../src/lsm/files/block-reader.ts';
import { HFileReader } from '../../../../src/lsm/files/hfile-reader.ts';
import { HFileWriter } from '../../../../src/lsm/files/hfile-writer.ts';
import { BlockMagic, type BlockType } from '../../../../src/lsm/format/layout.ts';
import { blockPlaces } from '../../../../src/lsm/inspect/block-walk.ts';
import { codeOf } from '../../../helpers/codes.ts';
import { allCells, randomCells, viewOf } from '../../../helpers/lsm-cells.ts';
import { Seeded } from '../../../helpers/seeded.ts';

const latin = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const cells = randomCells(new Seeded(11), { count: 50 });
const trailerV3Bytes = 4096;
const trailerV2Bytes = 212;

async function versionThree(): Promise<{ fs: MemoryFileSystem; bytes: Uint8Array }> {
  const fs = new MemoryFileSystem();
  const writer = HFileWriter.create(fs, 'v3', { bloom: 'NONE' });
  for (const cell of cells) writer.append(viewOf(cell));
  await writer.finish();
  const file = fs.openSync('v3', 'read');
  const bytes = new Uint8Array(file.sizeSync());
  file.readSync(bytes, 0, bytes.length, 0);
  file.closeSync();
  return { fs, bytes };
}

function put(fs: MemoryFileSystem, path: string, bytes: Uint8Array): void {
  const file = fs.openSync(path, 'createNew');
  file.writeSync(bytes, 0, bytes.length, 0);
  file.closeSync();
}

test('version 2.3 differs in its trailer alone', async () => {
  const { fs, bytes } = await versionThree();
  const blocks = bytes.subarray(0, bytes.length - trailerV3Bytes);
  const trailer = new Uint8Array(trailerV2Bytes);
  trailer.set(bytes.subarray(blocks.length, blocks.length + trailerV2Bytes - 4));
  new DataView(trailer.buffer).setUint32(trailerV2Bytes - 4, 0x0300_0002);
  put(fs, 'v2', new Uint8Array([...blocks, ...trailer]));
  using file = HFileReader.openSync(fs, 'v2');
  expect([file.trailer.major, file.trailer.minor]).toEqual([2, 3]);
  expect(allCells(file.cursor())).toEqual(cells);
});

test('version 2.0 has no checksums and no protobuf', async () => {
  const { fs } = await versionThree();
  using source = HFileReader.openSync(fs, 'v3');
  const { bytes, positions } = plainBlocks(source);
  put(fs, 'v20', new Uint8Array([...bytes, ...legacyTrailer(source, positions)]));
  using file = HFileReader.openSync(fs, 'v20');
  expect([file.trailer.major, file.trailer.minor]).toEqual([2, 0]);
  expect(allCells(file.cursor())).toEqual(cells);
  expect(file.lastKey).toEqual(source.lastKey);
});

/** The same blocks with headers of 24 bytes, the index and FILE_INFO as they were then. */
function plainBlocks(source: HFileReader): { bytes: Uint8Array; positions: Map<string, number> } {
  const sink = ByteSink.growing();
  const positions = new Map<string, number>();
  const write = (name: string, type: BlockType, body: Uint8Array): number => {
    const position = sink.position;
    positions.set(name, position);
    sink.writeBytes(latin(BlockMagic[type]));
    sink.writeInt32(body.length);
    sink.writeInt32(body.length);
    sink.writeInt64(-1);
    sink.writeBytes(body);
    return sink.position - position;
  };
  const [data] = [...blockPlaces(source)];
  using slab = readPool().lease(data!.header.totalBytes);
  source.blocks.fill(slab, data!.position, data!.header.totalBytes);
  const dataBytes = write('data', 'data', slab.bytes.subarray(33, data!.header.dataBytes));
  const root = ByteSink.growing();
  root.writeInt64(0);
  root.writeInt32(dataBytes);
  root.writeHadoopVInt(source.firstKey!.length);
  root.writeBytes(source.firstKey!);
  write('root', 'rootIndex', root.written);
  write('meta', 'rootIndex', new Uint8Array(0));
  const info = ByteSink.growing();
  info.writeInt32(source.fileInfo.entries.size);
  for (const [name, value] of source.fileInfo.entries) {
    info.writeHadoopVInt(name.length);
    info.writeBytes(latin(name));
    info.writeUint8(1);
    info.writeHadoopVInt(value.length);
    info.writeBytes(value);
  }
  write('info', 'fileInfo', info.written);
  return { bytes: sink.copyWritten(), positions };
}

function legacyTrailer(source: HFileReader, positions: Map<string, number>): Uint8Array {
  const trailer = ByteSink.growing();
  trailer.writeBytes(latin('TRABLK"$'));
  trailer.writeInt64(positions.get('info')!);
  trailer.writeInt64(positions.get('root')!);
  trailer.writeInt32(1);
  trailer.writeInt64(0);
  trailer.writeInt32(0);
  trailer.writeInt64(0);
  trailer.writeInt64(source.entryCount);
  trailer.writeInt32(2);
  trailer.writeInt32(1);
  trailer.writeInt64(0);
  trailer.writeInt64(0);
  trailer.writeBytes(latin('org.apache.hadoop.hbase.KeyValue$KeyComparator'));
  trailer.reserve(trailerV2Bytes - 4 - trailer.length);
  trailer.writeUint32(2);
  return trailer.copyWritten();
}

test('versions nobody should guess at are refused by name', async () => {
  const { fs, bytes } = await versionThree();
  for (const [name, word, code] of [
    ['v1', 1, 'LSM_UNSUPPORTED'],
    ['v3.4', 0x0400_0003, 'LSM_UNSUPPORTED'],
    ['v9', 9, 'LSM_CORRUPT_FILE'],
  ] as const) {
    const other = new Uint8Array(bytes);
    new DataView(other.buffer).setUint32(other.length - 4, word);
    put(fs, name, other);
    expect(codeOf(() => HFileReader.openSync(fs, name))).toBe(code);
  }
  put(fs, 'nothing', new Uint8Array(0));
  expect(codeOf(() => HFileReader.openSync(fs, 'nothing'))).toBe('LSM_CORRUPT_FILE');
});
