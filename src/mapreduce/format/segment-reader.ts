/**
 * Reads the records of one IFile segment, from a file or from bytes in memory.
 *
 *     while (segment.next()) use(segment.bytes, segment.keyStart, segment.keyEnd, …)
 *
 * The CRC is checked when the end has been read, or by `verifyRest` when a reader stops before.
 * Lengths are judged against what the segment still holds. -2, which Tez's relative of this format
 * writes for a repeated key, is corruption here as upstream. MAPREDUCE_CORRUPT_SEGMENT names path
 * and byte; of a compressed segment the byte is that of the segment's start.
 *
 * Lifetime: regions are valid until the next `next`.
 * Upstream: apache/hadoop: mapred/IFile.java, IFileInputStream.java (Apache-2.0); format kept, code
 * our own.
 * Format doc: docs/formats/mapreduce.md, "IFile segment".
 */
import {
  CorruptionError,
  crc32,
  FileWindow,
  hadoopVIntEnd,
  readHadoopVInt,
  RunningChecksum,
  StoreError,
  type Codec,
  type FileHandle,
} from '../../../native-free-io/index.ts';
import { endLength, endBytes, longestRecordHeaderBytes, segmentCrcBytes } from './ifile-layout.ts';
import type { SegmentPlace } from './spill-index.ts';

export interface SegmentReaderOptions {
  readonly codec?: Codec | undefined;
  /** Bytes read at once. Default 1 MiB. */
  readonly windowBytes?: number;
}

const nothing = new Uint8Array(0);

export class SegmentReader {
  readonly path: string;
  /** Uncompressed bytes of records and end. */
  readonly rawLength: number;
  bytes: Uint8Array = nothing;
  keyStart = 0;
  keyEnd = 0;
  valueStart = 0;
  valueEnd = 0;
  /** Where the record's frame begins; it ends at `valueEnd`. */
  frameStart = 0;
  readonly #source: WholeSource | FileSource;
  #position: number;
  #ended = false;

  private constructor(path: string, rawLength: number, source: WholeSource | FileSource) {
    this.path = path;
    this.rawLength = rawLength;
    this.#source = source;
    this.#position = source.start;
  }

  /**
   * A segment of a file that stays open elsewhere. An uncompressed one is read piece by piece, a
   * compressed one at once.
   */
  static ofFile(
    file: FileHandle,
    place: SegmentPlace,
    options: SegmentReaderOptions = {},
  ): SegmentReader {
    const { codec, windowBytes = 1 << 20 } = options;
    if (codec !== undefined) {
      const bytes = readStream(file, place, codec);
      return SegmentReader.ofBytes(bytes, file.path);
    }
    if (place.partLength !== place.rawLength + segmentCrcBytes) {
      throw corruptSegment(file.path, place.startOffset, 'its lengths do not fit each other');
    }
    const source = new FileSource(file, place, windowBytes);
    return new SegmentReader(file.path, place.rawLength, source);
  }

  /** Records and end in memory, uncompressed and without CRC: what a shuffle holds. */
  static ofBytes(bytes: Uint8Array, path: string): SegmentReader {
    return new SegmentReader(path, bytes.length, new WholeSource(bytes));
  }

  /** Bytes of the stream read so far. */
  get consumed(): number {
    return this.#position - this.#source.start;
  }

  /** Goes to the next record; false at the end, once the CRC was found right. */
  next(): boolean {
    if (this.#ended) return false;
    const source = this.#source;
    const left = source.end - this.#position;
    let index = source.at(this.#position, Math.min(longestRecordHeaderBytes, left));
    if (index < 0 || left < endBytes) throw this.#corrupt('it ends without its end');
    const { keyLength, valueLength, headerLength } = this.#readLengths(index, left);
    if (keyLength === endLength && valueLength === endLength)
      return this.#finish(headerLength, left);
    if (keyLength < 0 || valueLength < 0) {
      throw this.#corrupt(`a record with lengths ${keyLength} and ${valueLength}`);
    }
    const length = headerLength + keyLength + valueLength;
    index = length > left ? -1 : source.at(this.#position, length);
    if (index < 0) throw this.#corrupt(`a record of ${length} bytes where ${left} are left`);
    this.bytes = source.bytes;
    this.frameStart = index;
    this.keyStart = index + headerLength;
    this.keyEnd = this.keyStart + keyLength;
    this.valueStart = this.keyEnd;
    this.valueEnd = index + length;
    this.#position += length;
    return true;
  }

  /** Reads on to the end without looking at records, and checks the CRC. */
  verifyRest(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#source.drain(this.#position);
    if (!this.#source.isSound()) throw this.#corrupt('its checksum does not match');
  }

  #finish(headerLength: number, left: number): false {
    if (headerLength !== left) throw this.#corrupt(`${left - headerLength} bytes after its end`);
    this.#position += headerLength;
    this.#ended = true;
    if (!this.#source.isSound()) throw this.#corrupt('its checksum does not match');
    return false;
  }

  #readLengths(
    index: number,
    left: number,
  ): { keyLength: number; valueLength: number; headerLength: number } {
    const { bytes } = this.#source;
    const headerEnd = index + Math.min(longestRecordHeaderBytes, left);
    try {
      const keyLength = readHadoopVInt(bytes, index, headerEnd);
      const valueLength = readHadoopVInt(bytes, hadoopVIntEnd, headerEnd);
      return { keyLength, valueLength, headerLength: hadoopVIntEnd - index };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      throw this.#corrupt('lengths of a record are malformed', error);
    }
  }

  #corrupt(reason: string, cause?: unknown): CorruptionError {
    return corruptSegment(this.path, this.#source.place(this.#position), reason, cause);
  }
}

/** A stream in memory. Its CRC was checked when it was fetched. */
class WholeSource {
  readonly bytes: Uint8Array;
  readonly start = 0;
  readonly end: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  at(position: number, length: number): number {
    return position + length <= this.end ? position : -1;
  }
  isSound(): boolean {
    return true;
  }
  drain(): void {}
  place(position: number): number {
    return position;
  }
}

/** A stream in a file; what is read is summed up on the way. */
class FileSource {
  readonly start: number;
  readonly end: number;
  readonly #window: FileWindow;
  readonly #crc = new RunningChecksum('crc32');
  readonly #file: FileHandle;

  constructor(file: FileHandle, place: SegmentPlace, windowBytes: number) {
    this.#file = file;
    this.start = place.startOffset;
    this.end = place.startOffset + place.rawLength;
    this.#window = new FileWindow(file, {
      start: this.start,
      end: this.end,
      windowBytes,
      onRead: (bytes, from, to) => this.#crc.update(bytes, from, to),
    });
  }

  get bytes(): Uint8Array {
    return this.#window.bytes;
  }
  at(position: number, length: number): number {
    return this.#window.at(position, length);
  }
  isSound(): boolean {
    const stored = new Uint8Array(segmentCrcBytes);
    const got = this.#file.readSync(stored, 0, segmentCrcBytes, this.end);
    return got === segmentCrcBytes && readUint32(stored, 0) === this.#crc.value;
  }
  drain(position: number): void {
    for (let at = position; at < this.end;) {
      const { length } = this.#window.fill(at);
      if (length === 0) return;
      at += length;
    }
  }
  place(position: number): number {
    return position;
  }
}

/**
 * A whole segment's stream as a shuffle holds it in memory: CRC checked, decompressed, without the
 * CRC.
 */
export function readStream(file: FileHandle, place: SegmentPlace, codec?: Codec): Uint8Array {
  const { startOffset, rawLength, partLength } = place;
  const stored = new Uint8Array(partLength);
  const got = file.readSync(stored, 0, partLength, startOffset);
  const streamLength = partLength - segmentCrcBytes;
  if (got < partLength) throw corruptSegment(file.path, startOffset, 'the file ends inside it');
  if (readUint32(stored, streamLength) !== crc32(stored, 0, streamLength)) {
    throw corruptSegment(file.path, startOffset, 'its checksum does not match');
  }
  const stream = stored.subarray(0, streamLength);
  const raw = codec === undefined ? stream : decompressed(stream, file.path, place, codec);
  if (raw.length !== rawLength) {
    throw corruptSegment(file.path, startOffset, `${raw.length} bytes where ${rawLength} are told`);
  }
  return raw;
}

function decompressed(
  stream: Uint8Array,
  path: string,
  place: SegmentPlace,
  codec: Codec,
): Uint8Array {
  try {
    return codec.decompressSync(stream, { maxLength: place.rawLength });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw corruptSegment(path, place.startOffset, error.message, error);
  }
}

function readUint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(at);
}

function corruptSegment(
  path: string,
  position: number,
  reason: string,
  cause?: unknown,
): CorruptionError {
  return new CorruptionError(
    'MAPREDUCE_CORRUPT_SEGMENT',
    `an IFile segment is damaged: ${reason}`,
    {
      context: { path, position },
      cause,
    },
  );
}
