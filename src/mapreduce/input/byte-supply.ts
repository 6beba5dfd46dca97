/**
 * Bytes of an input from front to back, plain or decompressed, for a reader that keeps its own
 * buffer.
 */
import {
  InvalidArgumentError,
  type FileHandle,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import { codecOfName } from '../../hadoop/index.ts';

export interface ByteSupply {
  /** Bytes read of the file so far. */
  readonly bytesRead: number;
  /** Puts up to `length` bytes at `start`; 0 only at the end. */
  read(target: Uint8Array, start: number, length: number): number | Promise<number>;
  close(): void | Promise<void>;
}

export interface SupplyOptions {
  /** Where to begin; must be 0 in a compressed file. */
  readonly start: number;
  /** Most bytes that a compressed file may give. Default 1 TiB. */
  readonly maxDecompressedBytes?: number;
}

const pieceBytes = 1 << 20;
const defaultMost = 2 ** 40;

/** Opens a file; a suffix of Hadoop's codecs says that it is compressed. */
export function openSupply(fs: FileSystem, path: string, options: SupplyOptions): ByteSupply {
  const codec = codecOfName(path);
  if (codec !== undefined && options.start !== 0) {
    throw new InvalidArgumentError(
      'MAPREDUCE_NOT_SPLITTABLE',
      `cannot begin within a compressed file, at byte ${options.start}`,
      { context: { path } },
    );
  }
  const file = fs.openSync(path, 'read');
  if (codec === undefined) return new PlainSupply(file, options.start);
  const maxLength = options.maxDecompressedBytes ?? defaultMost;
  return new PieceSupply(file, (pieces) => codec.codec.decompress(pieces, { maxLength }));
}

class PlainSupply implements ByteSupply {
  readonly #file: FileHandle;
  readonly #start: number;
  #position: number;

  constructor(file: FileHandle, start: number) {
    this.#file = file;
    this.#start = start;
    this.#position = start;
  }

  get bytesRead(): number {
    return this.#position - this.#start;
  }
  read(target: Uint8Array, start: number, length: number): number {
    const got = this.#file.readSync(target, start, length, this.#position);
    this.#position += got;
    return got;
  }
  close(): void {
    this.#file.closeSync();
  }
}

class PieceSupply implements ByteSupply {
  readonly #file: FileHandle;
  readonly #pieces: AsyncIterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array(0);
  #taken = 0;
  bytesRead = 0;

  constructor(
    file: FileHandle,
    decompress: (pieces: Iterable<Uint8Array>) => AsyncIterable<Uint8Array>,
  ) {
    this.#file = file;
    this.#pieces = decompress(this.#stored())[Symbol.asyncIterator]();
  }

  async read(target: Uint8Array, start: number, length: number): Promise<number> {
    while (this.#taken === this.#piece.length) {
      const next = await this.#pieces.next();
      if (next.done === true) return 0;
      this.#piece = next.value;
      this.#taken = 0;
    }
    const count = Math.min(length, this.#piece.length - this.#taken);
    target.set(this.#piece.subarray(this.#taken, this.#taken + count), start);
    this.#taken += count;
    return count;
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
    this.#file.closeSync();
  }

  *#stored(): Generator<Uint8Array> {
    const size = this.#file.sizeSync();
    while (this.bytesRead < size) {
      const piece = new Uint8Array(Math.min(pieceBytes, size - this.bytesRead));
      const got = this.#file.readSync(piece, 0, piece.length, this.bytesRead);
      if (got === 0) return;
      this.bytesRead += got;
      yield piece.subarray(0, got);
    }
  }
}
