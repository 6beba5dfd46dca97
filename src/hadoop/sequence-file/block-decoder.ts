/**
 * One block of a block-compressed SequenceFile at a time: keys at once, values when asked for.
 *
 * Layout: block-encoder.ts. Lifetime: regions are valid until the next `read`.
 */
import {
  CorruptionError,
  hadoopVIntEnd,
  readHadoopVInt,
  type Codec,
  type FileWindow,
} from '../../../native-free-io/index.ts';

/** A VInt of 32 bits has at most so many bytes. */
const longestVInt = 5;
const nothing = new Uint8Array(0);

export class BlockDecoder {
  keys: Uint8Array = nothing;
  keyStart = 0;
  keyEnd = 0;
  values: Uint8Array = nothing;
  valueStart = 0;
  valueEnd = 0;
  readonly #codec: Codec;
  readonly #maxPartBytes: number;
  #count = 0;
  /** Records given of this block. */
  #given = 0;
  #keyLengths: Uint8Array = nothing;
  #keyLengthsAt = 0;
  /** Stored value lengths and values, until the first value is asked for. */
  #stored: { readonly lengths: Uint8Array; readonly values: Uint8Array } | undefined;
  #valueEnds: Int32Array = new Int32Array(0);

  constructor(codec: Codec, maxPartBytes: number) {
    this.#codec = codec;
    this.#maxPartBytes = maxPartBytes;
  }

  /** Forgets what is left of the block. */
  clear(): void {
    this.#count = 0;
    this.#given = 0;
  }

  /** Reads the block at `position` of the file; returns where it ends. */
  read(window: FileWindow, position: number): number {
    const parts = new PartReader(window, position);
    this.#count = parts.readVInt();
    if (this.#count < 0) throw malformed(`a block of ${this.#count} records`);
    this.#given = 0;
    this.#keyLengths = this.#decompressed(parts.readPart());
    this.keys = this.#decompressed(parts.readPart());
    // Copied: the window moves on before a value is asked for.
    this.#stored = {
      lengths: new Uint8Array(parts.readPart()),
      values: new Uint8Array(parts.readPart()),
    };
    if (this.#keyLengths.length < this.#count) throw malformed('key lengths end early');
    this.#keyLengthsAt = 0;
    this.keyEnd = 0;
    return parts.position;
  }

  /** Goes to the block's next record; false when there is none. */
  next(): boolean {
    if (this.#given === this.#count) return false;
    this.keyStart = this.keyEnd;
    this.keyEnd += readLength(this.#keyLengths, this.#keyLengthsAt);
    this.#keyLengthsAt = hadoopVIntEnd;
    if (this.keyEnd > this.keys.length) throw malformed('a key passes the end of its block');
    this.#given++;
    return true;
  }

  /** Makes the value region that of the current record. */
  loadValues(): void {
    if (this.#stored !== undefined) {
      const { lengths, values } = this.#stored;
      this.#stored = undefined;
      this.values = this.#decompressed(values);
      this.#valueEnds = endsOf(this.#decompressed(lengths), this.#count, this.values.length);
    }
    const index = this.#given - 1;
    this.valueStart = index === 0 ? 0 : this.#valueEnds[index - 1]!;
    this.valueEnd = this.#valueEnds[index]!;
  }

  #decompressed(stored: Uint8Array): Uint8Array {
    return this.#codec.decompressSync(stored, { maxLength: this.#maxPartBytes });
  }
}

class PartReader {
  position: number;
  readonly #window: FileWindow;

  constructor(window: FileWindow, position: number) {
    this.#window = window;
    this.position = position;
  }

  readVInt(): number {
    const length = Math.min(longestVInt, this.#window.end - this.position);
    const index = this.#window.at(this.position, length);
    const value = readHadoopVInt(
      this.#window.bytes,
      Math.max(0, index),
      Math.max(0, index) + length,
    );
    this.position += hadoopVIntEnd - Math.max(0, index);
    return value;
  }

  /** A view, valid until the next call. */
  readPart(): Uint8Array {
    const length = this.readVInt();
    const index = length < 0 ? -1 : this.#window.at(this.position, length);
    if (index < 0) throw malformed(`a part of ${length} bytes passes the end of the file`);
    this.position += length;
    return this.#window.bytes.subarray(index, index + length);
  }
}

function readLength(lengths: Uint8Array, at: number): number {
  const length = readHadoopVInt(lengths, at, lengths.length);
  if (length < 0) throw malformed(`a length of ${length}`);
  return length;
}

function endsOf(lengths: Uint8Array, count: number, bytes: number): Int32Array {
  if (lengths.length < count) throw malformed('value lengths end early');
  const ends = new Int32Array(count);
  let at = 0;
  let end = 0;
  for (let index = 0; index < count; index++) {
    end += readLength(lengths, at);
    at = hadoopVIntEnd;
    if (end > bytes) throw malformed('a value passes the end of its block');
    ends[index] = end;
  }
  return ends;
}

function malformed(reason: string): CorruptionError {
  return new CorruptionError('HADOOP_CORRUPT_SEQUENCE_FILE', reason);
}
