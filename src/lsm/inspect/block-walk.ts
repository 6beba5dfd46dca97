/** All blocks of a store file, one after another, by their headers. */
import type { HFileReader } from '../files/hfile-reader.ts';
import { readPool } from '../files/block-reader.ts';
import type { BlockHeader } from '../format/block-header.ts';

export interface WalkedBlock {
  readonly position: number;
  readonly header: BlockHeader;
}

export function* blockPlaces({ blocks }: HFileReader): Generator<WalkedBlock> {
  using slab = readPool().lease(blocks.headerBytes);
  const { endPosition } = blocks.options;
  for (let position = 0; position < endPosition;) {
    blocks.fill(slab, position, blocks.headerBytes);
    const header = blocks.headerAt(slab, 0, position);
    yield { position, header };
    position += header.totalBytes;
  }
}
