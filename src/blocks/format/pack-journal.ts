/**
 * Bytes of a pack's journal: what was put and removed, in order, in groups of one sync each.
 *
 *    header   magic u32 | version u32 | id u64 | crc u32                      crc of [0, 16)
 *    group    magic u32 | length u32 | crc u32 | entries                      crc of the entries
 *    entry    kind u8 | key length u16 | data position i64 | length u32 | crc u32 | key
 *
 * Of a removal, data position, length and crc are 0. A group is begun when the one before it is
 * durable: so only the last can be torn, and a sound group behind a bad one means damage.
 *
 * Ours, not an HDFS format. Format doc: docs/formats/blocks.md, "Pack".
 */
import {
  crc32c,
  readBigInt64,
  readInt64OrNaN,
  writeBigInt64,
  type ByteSink,
} from '../../../native-free-io/index.ts';
import {
  entryCrcPosition,
  entryDataPosition,
  entryHeaderBytes,
  entryKeyLengthPosition,
  entryKindNumber,
  entryKindPosition,
  entryLengthPosition,
  groupCrcPosition,
  groupHeaderBytes,
  groupLengthPosition,
  groupMagic,
  groupMagicPosition,
  journalCrcPosition,
  journalHeaderBytes,
  journalIdPosition,
  journalMagic,
  journalMagicPosition,
  journalVersion,
  journalVersionPosition,
} from './layout.ts';
import type { PackEntry } from './pack-entry.ts';

/** Where the object of a key is now; undefined: it was removed. */
export interface PackChange {
  readonly key: string;
  readonly entry: PackEntry | undefined;
}

/** Entries of one group at most; a pack syncs before it has more. */
export const mostGroupBytes: number = 64 << 20;
const decoder = new TextDecoder('utf-8', { fatal: true });

export function encodeJournalHeader(id: bigint): Uint8Array {
  const bytes = new Uint8Array(journalHeaderBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(journalMagicPosition, journalMagic);
  view.setUint32(journalVersionPosition, journalVersion);
  writeBigInt64(view, journalIdPosition, id);
  view.setUint32(journalCrcPosition, crc32c(bytes, 0, journalCrcPosition));
  return bytes;
}

/** The journal's id; text that says what is wrong when the bytes are no header. */
export function decodeJournalHeader(bytes: Uint8Array): bigint | string {
  if (bytes.length < journalHeaderBytes) return 'it ends within its header';
  const view = viewOf(bytes);
  if (view.getUint32(journalMagicPosition) !== journalMagic) return 'no journal of a pack';
  const version = view.getUint32(journalVersionPosition);
  if (version !== journalVersion) return `version ${version}, known is ${journalVersion}`;
  const crc = crc32c(bytes, 0, journalCrcPosition);
  if (crc !== view.getUint32(journalCrcPosition)) return 'checksum of the header';
  return readBigInt64(view, journalIdPosition);
}

/** Adds an entry; `key` is UTF-8. */
export function writeJournalEntry(
  sink: ByteSink,
  key: Uint8Array,
  entry: PackEntry | undefined,
): void {
  sink.writeUint8(entry === undefined ? entryKindNumber.removed : entryKindNumber.put);
  sink.writeUint16(key.length);
  sink.writeInt64(entry?.position ?? 0);
  sink.writeUint32(entry?.length ?? 0);
  sink.writeUint32(entry?.crc ?? 0);
  sink.writeBytes(key);
}

/** What stands before the entries of a group. */
export function encodeGroupHeader(entries: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(groupHeaderBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(groupMagicPosition, groupMagic);
  view.setUint32(groupLengthPosition, entries.length);
  view.setUint32(groupCrcPosition, crc32c(entries, 0, entries.length));
  return bytes;
}

/** Length of the entries behind a group's header; -1 when it is none. */
export function groupLength(view: DataView, start: number): number {
  if (view.getUint32(start + groupMagicPosition) !== groupMagic) return -1;
  const length = view.getUint32(start + groupLengthPosition);
  return length > 0 && length <= mostGroupBytes ? length : -1;
}

/** Whether the group at `start`, which lies in `bytes` as a whole, is as it was written. */
export function isSoundGroup(bytes: Uint8Array, start: number, length: number): boolean {
  const entries = start + groupHeaderBytes;
  const stored = viewOf(bytes).getUint32(start + groupCrcPosition);
  return crc32c(bytes, entries, entries + length) === stored;
}

/** The entries in `bytes[start, end)`; undefined when they are malformed. */
export function decodeJournalEntries(
  bytes: Uint8Array,
  start: number,
  end: number,
): PackChange[] | undefined {
  const view = viewOf(bytes);
  const changes: PackChange[] = [];
  for (let at = start; at < end;) {
    if (at + entryHeaderBytes > end) return undefined;
    const kind = view.getUint8(at + entryKindPosition);
    const position = readInt64OrNaN(view, at + entryDataPosition);
    const keyStart = at + entryHeaderBytes;
    const keyEnd = keyStart + view.getUint16(at + entryKeyLengthPosition);
    const isKnown = kind === entryKindNumber.put || kind === entryKindNumber.removed;
    if (!isKnown || !(position >= 0) || keyEnd > end) return undefined;
    const length = view.getUint32(at + entryLengthPosition);
    const crc = view.getUint32(at + entryCrcPosition);
    const entry = kind === entryKindNumber.put ? { position, length, crc } : undefined;
    const key = decodedKey(bytes.subarray(keyStart, keyEnd));
    if (key === undefined) return undefined;
    changes.push({ key, entry });
    at = keyEnd;
  }
  return changes;
}

function decodedKey(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
