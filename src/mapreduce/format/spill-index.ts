/**
 * Index of a spill or of a map's output: where the segment of each reduce partition lies.
 *
 *     0               8               16              24
 *     +---------------+---------------+---------------+
 *     | start offset  | raw length    | part length   |   per partition
 *     +---------------+---------------+---------------+
 *     | CRC-32 of all before, in 8 bytes              |
 *     +-----------------------------------------------+
 *
 * Raw length: records and end, uncompressed, no CRC. Part length: bytes on disk, CRC included.
 * Upstream: apache/hadoop: mapred/SpillRecord.java (Apache-2.0); format kept, code our own.
 * Format doc: docs/formats/mapreduce.md, "Spill index".
 */
import {
  CorruptionError,
  crc32,
  readInt64OrNaN,
  writeInt64,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import {
  endBytes,
  indexCrcBytes,
  indexEntryBytes,
  partLengthPosition,
  rawLengthPosition,
  segmentCrcBytes,
  startOffsetPosition,
} from './ifile-layout.ts';

/** Place of one partition's segment in a data file. Bytes. */
export interface SegmentPlace {
  readonly startOffset: number;
  readonly rawLength: number;
  readonly partLength: number;
}

export function encodeSpillIndex(places: readonly SegmentPlace[]): Uint8Array {
  const length = places.length * indexEntryBytes;
  const bytes = new Uint8Array(length + indexCrcBytes);
  const view = new DataView(bytes.buffer);
  for (const [partition, place] of places.entries()) {
    const at = partition * indexEntryBytes;
    writeInt64(view, at + startOffsetPosition, place.startOffset);
    writeInt64(view, at + rawLengthPosition, place.rawLength);
    writeInt64(view, at + partLengthPosition, place.partLength);
  }
  writeInt64(view, length, crc32(bytes, 0, length));
  return bytes;
}

/**
 * Checks the CRC, that lengths are possible, and that every segment lies within `dataBytes` when
 * that is given. MAPREDUCE_CORRUPT_INDEX.
 */
export function decodeSpillIndex(
  bytes: Uint8Array,
  path: string,
  dataBytes: number = Number.MAX_SAFE_INTEGER,
): SegmentPlace[] {
  const length = bytes.length - indexCrcBytes;
  if (length < indexEntryBytes || length % indexEntryBytes !== 0) {
    throw corruptIndex(path, 0, `${bytes.length} bytes are no index`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (readInt64OrNaN(view, length) !== crc32(bytes, 0, length)) {
    throw corruptIndex(path, length, 'its checksum does not match');
  }
  const places: SegmentPlace[] = [];
  for (let at = 0; at < length; at += indexEntryBytes) {
    const place = {
      startOffset: readInt64OrNaN(view, at + startOffsetPosition),
      rawLength: readInt64OrNaN(view, at + rawLengthPosition),
      partLength: readInt64OrNaN(view, at + partLengthPosition),
    };
    if (!isPossible(place, dataBytes)) throw corruptIndex(path, at, 'a segment lies nowhere');
    places.push(place);
  }
  return places;
}

/** NaN, from a number beyond the safe integers, fails every comparison. */
function isPossible(
  { startOffset, rawLength, partLength }: SegmentPlace,
  dataBytes: number,
): boolean {
  return (
    startOffset >= 0 &&
    rawLength >= endBytes &&
    partLength > segmentCrcBytes &&
    startOffset + partLength <= dataBytes
  );
}

/** Writes an index as a new file; durable only once the caller syncs. */
export function writeSpillIndex(
  fs: FileSystem,
  path: string,
  places: readonly SegmentPlace[],
): void {
  const bytes = encodeSpillIndex(places);
  const file = fs.openSync(path, 'createNew');
  try {
    file.writeSync(bytes, 0, bytes.length, 0);
  } finally {
    file.closeSync();
  }
}

export function readSpillIndex(fs: FileSystem, path: string, dataBytes?: number): SegmentPlace[] {
  const file = fs.openSync(path, 'read');
  try {
    const bytes = new Uint8Array(file.sizeSync());
    const got = file.readSync(bytes, 0, bytes.length, 0);
    return decodeSpillIndex(bytes.subarray(0, got), path, dataBytes);
  } finally {
    file.closeSync();
  }
}

function corruptIndex(path: string, position: number, reason: string): CorruptionError {
  return new CorruptionError('MAPREDUCE_CORRUPT_INDEX', `a spill index is damaged: ${reason}`, {
    context: { path, position },
  });
}
