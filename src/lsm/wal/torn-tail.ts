/**
 * Tells a torn end of a log from damage, by what lies behind the first entry that is not whole.
 *
 * A crash may keep pages in any order of what was not synced, so whole entries can lie behind a
 * broken one. Our entries say how much of the log was durable when they were appended: one that
 * counts the broken entry among it proves damage.
 */
import { readInt64OrNaN } from '../../../native-free-io/index.ts';
import { selfCheckHead } from '../format/wal-key.ts';

export function isAllZero(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte !== 0) return false;
  return true;
}

/** Whether the bytes from file position `at` on hold an entry that knew position `at` durable. */
export function wasDurable(rest: Uint8Array, at: number): boolean {
  const view = new DataView(rest.buffer, rest.byteOffset, rest.length);
  for (let from = 0; ;) {
    const head = indexOf(rest, selfCheckHead, from);
    if (head < 0) return false;
    const value = head + selfCheckHead.length;
    if (value + 8 <= rest.length) {
      const synced = readInt64OrNaN(view, value);
      // More than lies before the entry cannot have been durable: not a word of ours.
      if (synced > at && synced <= at + head) return true;
    }
    from = head + 1;
  }
}

function indexOf(bytes: Uint8Array, pattern: Uint8Array, from: number): number {
  const first = pattern[0]!;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (at + pattern.length > bytes.length) return -1;
    let same = 1;
    while (same < pattern.length && bytes[at + same] === pattern[same]) same++;
    if (same === pattern.length) return at;
  }
  return -1;
}
