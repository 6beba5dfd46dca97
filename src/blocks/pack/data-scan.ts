/**
 * The objects of a SequenceFile of Text and BytesWritable, read from the file itself: how a pack
 * without a journal gets one, be it lost or the file Hadoop's.
 *
 * Damaged records are passed over up to the next sync marker.
 */
import {
  CorruptionError,
  crc32c,
  InvalidArgumentError,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import { SequenceFileReader, writableNamed } from '../../hadoop/index.ts';
import type { PackChange } from '../format/pack-journal.ts';

const lengthBytes = 4;
const changesPerGroup = 4096;

export interface ScannedGroup {
  readonly changes: readonly PackChange[];
  /** Byte of the data after the last of their records. */
  readonly dataEnd: number;
}

/** Refuses a file of other classes, or a compressed one: HADOOP_APPEND_MISMATCH. */
export function* scanData(fs: FileSystem, path: string): Generator<ScannedGroup, void> {
  using reader = SequenceFileReader.open(fs, path);
  const { keyClass, valueClass, compression } = reader.header;
  const fits = keyClass === writableNamed('text').className;
  if (!fits || valueClass !== writableNamed('bytes').className || compression !== 'none') {
    throw new InvalidArgumentError(
      'HADOOP_APPEND_MISMATCH',
      `a SequenceFile of ${keyClass} and ${valueClass}, compression ${compression}, is no pack`,
      { context: { path } },
    );
  }
  let changes: PackChange[] = [];
  let dataEnd = reader.headerBytes;
  while (nextSound(reader)) {
    changes.push(changeOf(reader));
    dataEnd = reader.position;
    if (changes.length < changesPerGroup) continue;
    yield { changes, dataEnd };
    changes = [];
  }
  yield { changes, dataEnd };
}

/** Goes to the next record whose framing and value length agree. */
function nextSound(reader: SequenceFileReader): boolean {
  for (;;) {
    const { position } = reader;
    try {
      if (!reader.next()) return false;
      const { valueBytes, valueStart, valueEnd } = reader;
      const view = new DataView(valueBytes.buffer, valueBytes.byteOffset, valueBytes.length);
      const length = valueEnd - valueStart - lengthBytes;
      if (length >= 0 && view.getInt32(valueStart) === length) return true;
    } catch (error) {
      if (!(error instanceof CorruptionError)) throw error;
    }
    reader.seekSync(position + 1);
  }
}

function changeOf(reader: SequenceFileReader): PackChange {
  const key = writableNamed('text').read(reader.keyBytes, reader.keyStart, reader.keyEnd) as string;
  const start = reader.valueStart + lengthBytes;
  const length = reader.valueEnd - start;
  const crc = crc32c(reader.valueBytes, start, reader.valueEnd);
  return { key, entry: { position: reader.position - length, length, crc } };
}
