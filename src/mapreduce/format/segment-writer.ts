/**
 * Writes IFile segments one after the other into one file: a spill, a merge result, a map's output.
 *
 *    segment := stream crc32      stream := record* ff ff, whole through the codec if there is one
 *    record  := VInt key length | VInt value length | key | value
 *
 * The CRC-32 covers the stream as stored. Records come as ready frames or as key and value.
 *
 * Invariants: F1 `finish` leaves a whole segment; F2 after a failed write only `close` works.
 * Upstream: apache/hadoop: mapred/IFile.java (Apache-2.0); format kept, code our own.
 * Format doc: docs/formats/mapreduce.md, "IFile segment".
 */
import {
  AppendFile,
  ByteSink,
  LimitError,
  RunningChecksum,
  writeHadoopVInt,
  type Codec,
  type FileHandle,
} from '../../../native-free-io/index.ts';
import { endByte, longestRecordHeaderBytes, segmentCrcBytes } from './ifile-layout.ts';
import type { SegmentPlace } from './spill-index.ts';

const end = new Uint8Array([endByte, endByte]);
const longestPart = 0x7fff_ffff;

export class SegmentWriter implements Disposable {
  readonly path: string;
  readonly #out: AppendFile;
  readonly #codec: Codec | undefined;
  readonly #crc = new RunningChecksum('crc32');
  /** What a compressed segment holds so far. */
  readonly #held: ByteSink | undefined;
  readonly #header = new Uint8Array(longestRecordHeaderBytes);
  readonly #trailer = new Uint8Array(segmentCrcBytes);
  #startOffset: number;
  #rawLength = 0;

  /** Takes over closing the file, which must be empty. `codec` undefined stores plainly. */
  constructor(file: FileHandle, codec?: Codec) {
    this.path = file.path;
    this.#out = new AppendFile(file, 0);
    this.#codec = codec;
    this.#held = codec === undefined ? undefined : ByteSink.growing();
    this.#startOffset = 0;
  }

  /** Appends whole frames: VInts, keys and values. */
  appendFrames(bytes: Uint8Array, start: number, end_: number): void {
    this.#rawLength += end_ - start;
    if (this.#held !== undefined) {
      this.#held.writeBytes(bytes, start, end_ - start);
      return;
    }
    this.#crc.update(bytes, start, end_);
    this.#out.append(bytes, start, end_ - start);
  }

  append(key: Uint8Array, value: Uint8Array): void {
    if (key.length > longestPart || value.length > longestPart) {
      throw new LimitError('MAPREDUCE_RECORD_TOO_LARGE', 'a key or value passes 2^31 - 1 bytes');
    }
    const afterKey = writeHadoopVInt(this.#header, 0, key.length);
    const headerEnd = writeHadoopVInt(this.#header, afterKey, value.length);
    this.appendFrames(this.#header, 0, headerEnd);
    this.appendFrames(key, 0, key.length);
    this.appendFrames(value, 0, value.length);
  }

  /** Ends the segment; the next record begins another. */
  finish(): SegmentPlace {
    this.appendFrames(end, 0, end.length);
    if (this.#held !== undefined) {
      const stored = this.#codec!.compressSync(this.#held.written);
      this.#held.clear();
      this.#crc.update(stored);
      this.#out.append(stored);
    }
    new DataView(this.#trailer.buffer).setUint32(0, this.#crc.value);
    this.#out.append(this.#trailer);
    const place = {
      startOffset: this.#startOffset,
      rawLength: this.#rawLength,
      partLength: this.#out.position - this.#startOffset,
    };
    this.#crc.reset();
    this.#rawLength = 0;
    this.#startOffset = this.#out.position;
    return place;
  }

  /** Bytes written, held ones included. */
  get position(): number {
    return this.#out.position;
  }

  /** Hands everything to the system and closes; does not sync. */
  close(): void {
    try {
      this.#out.flush();
    } finally {
      this.#out.file.closeSync();
    }
  }

  /** Closes after a failure; what was written is worth nothing. */
  [Symbol.dispose](): void {
    this.#out.file.closeSync();
  }
}
