/**
 * Cheap assertions that stay on in production. Wrong bytes are a CorruptionError; wrong code lands
 * here.
 */
import { InternalError } from '../../native-free-io/index.ts';

/** Throws InternalError when `condition` is false. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InternalError('INTERNAL_INVARIANT', message);
}
