/** MD5, which HDFS's file checksums are made of: to compare files, not to protect them. */
import { createHash } from 'node:crypto';

/** MD5 of the pieces put end to end, 16 bytes. */
export function md5(pieces: Iterable<Uint8Array>): Uint8Array {
  const hash = createHash('md5');
  for (const piece of pieces) hash.update(piece);
  return new Uint8Array(hash.digest());
}
