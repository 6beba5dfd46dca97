/** A cell in words, as upstream's tools print it: row/family:qualifier/timestamp/type. */
import type { CellView } from '../format/cell-view.ts';
import {
  CellType,
  keyOverheadBytes,
  latestTimestamp,
  oldestTimestamp,
} from '../format/kv-layout.ts';

const typeNames: ReadonlyMap<number, string> = new Map([
  [CellType.minimum, 'Minimum'],
  [CellType.put, 'Put'],
  [CellType.delete, 'Delete'],
  [CellType.deleteFamilyVersion, 'DeleteFamilyVersion'],
  [CellType.deleteColumn, 'DeleteColumn'],
  [CellType.deleteFamily, 'DeleteFamily'],
  [CellType.maximum, 'Maximum'],
]);

/** Printable ASCII as it is, other bytes as \xNN. */
export function bytesText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x5c;
    text += isPlain
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}

export function cellText(cell: CellView): string {
  const { type } = cell;
  const parts = [
    bytesText(cell.copyRow()),
    `${bytesText(cell.copyFamily())}:${bytesText(cell.copyQualifier())}`,
    timestampText(cell.timestamp),
    typeNames.get(type) ?? `type ${type}`,
    `vlen=${cell.valueLength}`,
    `seqid=${cell.sequenceId}`,
  ];
  if (cell.tagsLength > 0) parts.push(`tags=${cell.tagsLength}`);
  return parts.join('/');
}

/** A key alone, which may be one of an index: nobody's cell. */
export function keyText(key: Uint8Array, cell: CellView): string {
  if (key.length < keyOverheadBytes) return bytesText(key);
  cell.bytes = key;
  cell.view = new DataView(key.buffer, key.byteOffset, key.length);
  cell.keyPosition = 0;
  cell.keyLength = key.length;
  const { type } = cell;
  return [
    bytesText(cell.copyRow()),
    `${bytesText(cell.copyFamily())}:${bytesText(cell.copyQualifier())}`,
    timestampText(cell.timestamp),
    typeNames.get(type) ?? `type ${type}`,
  ].join('/');
}

function timestampText(timestamp: number): string {
  if (timestamp === latestTimestamp) return 'LATEST_TIMESTAMP';
  return timestamp === oldestTimestamp ? 'OLDEST_TIMESTAMP' : String(timestamp);
}
