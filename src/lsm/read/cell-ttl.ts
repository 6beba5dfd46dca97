/** The time to live that a cell carries in a tag of its own. */
import type { CellView } from '../format/cell-view.ts';
import { tagOverheadBytes, TagType } from '../format/kv-layout.ts';
import { readTimestamp } from '../format/timestamp.ts';

/** True when a TTL tag says that the cell's time was over before `nowMs`. */
export function isOverByTag(cell: CellView, nowMs: number): boolean {
  let at = cell.tagsPosition;
  const end = at + cell.tagsLength;
  while (at + tagOverheadBytes <= end) {
    const length = cell.view.getUint16(at);
    if (cell.bytes[at + 2] === TagType.ttl && length === 9) {
      return cell.timestamp + readTimestamp(cell.view, at + tagOverheadBytes) < nowMs;
    }
    at += 2 + length;
  }
  return false;
}
