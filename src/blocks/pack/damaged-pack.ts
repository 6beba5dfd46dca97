/** The error of everything in a pack that is not as it was written. */
import { CorruptionError } from '../../../native-free-io/index.ts';

export function damagedPack(path: string, position: number, what: string): CorruptionError {
  return new CorruptionError('BLOCKS_CORRUPT_PACK', `${what} in the pack is damaged`, {
    context: { path, position },
  });
}
