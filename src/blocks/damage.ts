/** Errors that name volume, block and chunk. */
import { CorruptionError } from '../../native-free-io/index.ts';
import type { Replica } from './replica.ts';

/** A chunk that is not as its sum says. */
export function damagedChunk(
  replica: Replica,
  place: { path: string; chunk: number; chunkBytes: number },
): CorruptionError {
  const { path, chunk, chunkBytes } = place;
  return new CorruptionError(
    'BLOCKS_CORRUPT_CHUNK',
    `chunk ${chunk} of block ${replica.id} is not as its checksum says`,
    { context: { ...contextOf(replica), path, position: chunk * chunkBytes, chunk } },
  );
}

/** A file of the pair ends early or has a malformed header. */
export function damagedFile(
  replica: Replica,
  place: { path: string; position: number; reason: string },
): CorruptionError {
  const { path, position, reason } = place;
  return new CorruptionError('BLOCKS_CORRUPT_META', `${reason}, block ${replica.id}`, {
    context: { ...contextOf(replica), path, position },
  });
}

/** The data ends before the length that the block has. */
export function shortData(
  replica: Replica,
  place: { path: string; position: number },
): CorruptionError {
  return new CorruptionError(
    'BLOCKS_SHORT_DATA',
    `the data of block ${replica.id} ends before its length ${replica.length}`,
    { context: { ...contextOf(replica), ...place } },
  );
}

function contextOf(replica: Replica): {
  volume: string;
  block: bigint;
  generationStamp: number;
} {
  const { volume, id, generationStamp } = replica;
  return { volume: volume.dir, block: id, generationStamp };
}
