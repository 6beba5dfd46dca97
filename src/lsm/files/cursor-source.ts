/** What a cursor asks of its file. */
import type { KeyComparator } from '../format/comparator.ts';
import type { BlockReader, Payload } from './block-reader.ts';
import type { DataBlock } from './data-block.ts';
import type { IndexBlock } from './index-block.ts';

export interface CursorSource {
  readonly compare: KeyComparator;
  /** What every cell's sequence id is taken for; -1 for its own. */
  readonly sequenceId: number;
  readonly root: IndexBlock;
  readonly blocks: BlockReader;
  /** The data block of an entry of a lowest index block, through the cache. */
  dataBlock(leaf: IndexBlock, entry: number): DataBlock;
  /** The cells of a data block's payload. */
  decode(payload: Payload, position: number): DataBlock;
  /** The index block that an entry of one above the lowest level leads to. */
  childIndex(parent: IndexBlock, entry: number): IndexBlock;
}
