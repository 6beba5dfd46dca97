/**
 * Text files of a block store as the input of a job: lines as `TextInput` gives them, each in
 * exactly one split; bytes are verified as they are read. Tasks open the store read-only.
 */
import type { Env } from '../env/index.ts';
import { BlockStore } from '../blocks/index.ts';
import {
  LineReader,
  splitRanges,
  type ByteSupply,
  type InputSplit,
  type JobInput,
  type RecordBatch,
  type RecordReader,
} from '../mapreduce/index.ts';

export interface BlockFileInputOptions {
  /** Bytes of a split. Default: the block size of each file. */
  readonly splitBytes?: number;
}

/** `dirs`: the store's volumes; `names`: its files. */
export function BlockFileInput(
  dirs: readonly string[],
  names: string | readonly string[],
  options: BlockFileInputOptions = {},
): JobInput {
  return {
    async splits(fs) {
      await using store = await BlockStore.open({ dirs, readOnly: true, env: { fs } });
      const href = new URL('./block-file-input.js', import.meta.url).href;
      const reader = { href, name: 'openBlockFileSplit' };
      return (typeof names === 'string' ? [names] : names).flatMap((name) => {
        const { length: size, blockBytes } = store.statFile(name);
        return splitRanges(size, options.splitBytes ?? blockBytes).map(({ start, length }) => ({
          reader,
          path: name,
          start,
          length,
          detail: dirs,
        }));
      });
    },
  };
}

/** The reader of a split; tasks call it by name. */
export async function openBlockFileSplit(split: InputSplit, env: Env): Promise<RecordReader> {
  const dirs = split.detail as readonly string[];
  const store = await BlockStore.open({ dirs, readOnly: true, env });
  return new BlockFileReader(store, split);
}

class BlockFileReader implements RecordReader {
  readonly keyType = 'long';
  readonly valueType = 'text';
  readonly isText = true;
  readonly #store: BlockStore;
  readonly #supply: PieceSupply;
  readonly #lines: LineReader;
  readonly #split: InputSplit;

  constructor(store: BlockStore, split: InputSplit) {
    const { path, start, length } = split;
    this.#store = store;
    this.#split = split;
    this.#supply = new PieceSupply(store.getFile(path, { start }));
    this.#lines = new LineReader(this.#supply, { start, end: start + length });
  }

  get progress(): number {
    return Math.min(1, this.bytesRead / Math.max(1, this.#split.length));
  }
  get bytesRead(): number {
    return this.#supply.bytesRead;
  }
  nextBatch(): Promise<RecordBatch | undefined> {
    return this.#lines.nextBatch();
  }
  async close(): Promise<void> {
    await this.#supply.close();
    await this.#store.close();
  }
}

/** Pieces of a file, in the portions that a reader of lines asks for. */
class PieceSupply implements ByteSupply {
  readonly #pieces: AsyncGenerator<Uint8Array, void, undefined>;
  #piece: Uint8Array = new Uint8Array(0);
  bytesRead = 0;

  constructor(pieces: AsyncGenerator<Uint8Array, void, undefined>) {
    this.#pieces = pieces;
  }

  async read(target: Uint8Array, start: number, length: number): Promise<number> {
    while (this.#piece.length === 0) {
      const next = await this.#pieces.next();
      if (next.done === true) return 0;
      this.#piece = next.value;
    }
    const got = Math.min(length, this.#piece.length);
    target.set(this.#piece.subarray(0, got), start);
    this.#piece = this.#piece.subarray(got);
    this.bytesRead += got;
    return got;
  }

  async close(): Promise<void> {
    await this.#pieces.return();
  }
}
