/**
 * Key of a log entry: whose edit it is, and how many cells follow.
 *
 *    length varint | 1 region | 2 table | 3 sequence id | 4 write time | 6 scopes |
 *    7 cell count | … | 12 attributes
 *
 * Ours end with the attribute by which an entry checks itself (wal-layout.ts).
 * Format doc: docs/formats/lsm.md, "WAL".
 */
import {
  crc32c,
  readInt64,
  readUvarint,
  uvarintSize,
  varintEnd,
  writeInt64,
  writeUvarint,
} from '../../../native-free-io/index.ts';
import { ProtobufReader, ProtobufWriter, WireType } from '../../base/index.ts';
import { walAttributeBytes, walAttributeName, WalKeyField } from './wal-layout.ts';

const twoTo28 = 2 ** 28;

/** Fields 1 and 2, which all keys of a region have in common. */
export function walKeyPrefix(region: string, table: string): Uint8Array {
  const message = new ProtobufWriter()
    .writeString(WalKeyField.region, region)
    .writeString(WalKeyField.table, table);
  return new Uint8Array(message.finish());
}

/** Field 12 with the name and the length of the value, which ends it. */
export const selfCheckHead: Uint8Array = new Uint8Array(
  new ProtobufWriter()
    .writeMessage(
      WalKeyField.attributes,
      new ProtobufWriter()
        .writeString(1, walAttributeName)
        .writeBytes(2, new Uint8Array(walAttributeBytes)),
    )
    .finish()
    .subarray(0, -walAttributeBytes),
);
const attributeTotalBytes = selfCheckHead.length + walAttributeBytes;

const sequenceIdTag = (WalKeyField.sequenceId << 3) | WireType.varint;
const writeTimeTag = (WalKeyField.writeTime << 3) | WireType.varint;
const cellCountTag = (WalKeyField.cellCount << 3) | WireType.varint;

/** What goes into a key besides its prefix. */
export interface WalKeyInput {
  readonly sequenceId: number;
  readonly writeTimeMs: number;
  readonly cellCount: number;
  /** Bytes of the log known to be durable. */
  readonly synced: number;
  /** The cells that follow: bytes[start..end]. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Most bytes that `writeWalKey` needs for a prefix of that length. */
export function mostWalKeyBytes(prefixBytes: number): number {
  return 5 + prefixBytes + 3 + 10 + 10 + 5 + attributeTotalBytes;
}

/** Writes the key, its length before it, at the front of `target`; returns its end. */
export function writeWalKey(
  target: Uint8Array,
  view: DataView,
  prefix: Uint8Array,
  key: WalKeyInput,
): number {
  const length =
    prefix.length +
    3 +
    longSize(key.sequenceId) +
    longSize(key.writeTimeMs) +
    uvarintSize(key.cellCount) +
    attributeTotalBytes;
  const start = writeUvarint(target, 0, length);
  target.set(prefix, start);
  let at = start + prefix.length;
  target[at++] = sequenceIdTag;
  at = writeLong(target, at, key.sequenceId);
  target[at++] = writeTimeTag;
  at = writeLong(target, at, key.writeTimeMs);
  target[at++] = cellCountTag;
  at = writeUvarint(target, at, key.cellCount);
  target.set(selfCheckHead, at);
  at += selfCheckHead.length;
  writeInt64(view, at, key.synced);
  at += 8;
  const sumOfKey = crc32c(target, start, at);
  view.setUint32(at, crc32c(key.bytes, key.start, key.end, sumOfKey));
  return at + 4;
}

/** Unsigned varint of a safe integer. */
function writeLong(bytes: Uint8Array, position: number, value: number): number {
  let rest = value;
  let at = position;
  while (rest >= twoTo28) {
    bytes[at++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  return writeUvarint(bytes, at, rest);
}

function longSize(value: number): number {
  let rest = value;
  let size = 0;
  while (rest >= twoTo28) {
    rest = Math.floor(rest / 128);
    size++;
  }
  return size + uvarintSize(rest);
}

/** The attribute of ours, as found in a key. */
export interface SelfCheck {
  /** Bytes of the log that were durable when the entry was appended. */
  readonly synced: number;
  readonly checksum: number;
  /** Of the checksum: the sum covers the key up to here. */
  readonly position: number;
}

export interface WalKey {
  /** Encoded name; of compressed logs, what the dictionaries gave. */
  readonly region: Uint8Array;
  readonly table: Uint8Array;
  readonly sequenceId: number;
  readonly writeTimeMs: number;
  readonly cellCount: number;
  readonly selfCheck: SelfCheck | undefined;
  /** Where the key's message begins and ends. */
  readonly start: number;
  readonly end: number;
}

/** How the names in a key are read: plain, or through a dictionary. */
export type NameReader = (field: number, bytes: Uint8Array) => Uint8Array;

/**
 * The key at bytes[position..end]. Throws CorruptionError of the buffer when it is malformed or
 * `end` comes too early; undefined when a required field is missing.
 */
export function readWalKey(
  bytes: Uint8Array,
  position: number,
  end: number,
  nameOf: NameReader,
): WalKey | undefined {
  const message = ProtobufReader.delimited(bytes, position, end);
  const start = message.position;
  let region: Uint8Array | undefined;
  let table: Uint8Array | undefined;
  let sequenceId = -1;
  let writeTimeMs = -1;
  let cellCount = 0;
  let selfCheck: SelfCheck | undefined;
  while (message.next()) {
    const { field } = message;
    if (field === WalKeyField.region) region = message.readView();
    else if (field === WalKeyField.table) table = message.readView();
    else if (field === WalKeyField.sequenceId) sequenceId = message.readInteger();
    else if (field === WalKeyField.writeTime) writeTimeMs = message.readInteger();
    else if (field === WalKeyField.cellCount) cellCount = message.readInteger();
    else if (field === WalKeyField.attributes) {
      selfCheck = readSelfCheck(message.readMessage()) ?? selfCheck;
    } else message.skip();
  }
  if (region === undefined || table === undefined || sequenceId < 0 || writeTimeMs < 0) {
    return undefined;
  }
  return {
    region: nameOf(WalKeyField.region, region),
    table: nameOf(WalKeyField.table, table),
    sequenceId,
    writeTimeMs,
    cellCount,
    selfCheck,
    start,
    end: message.end,
  };
}

/** Whether the key and the cells bytes[key.end..cellsEnd] are as they were written. */
export function isEntryWhole(
  bytes: Uint8Array,
  key: Pick<WalKey, 'start' | 'end'>,
  check: SelfCheck,
  cellsEnd: number,
): boolean {
  const sumOfKey = crc32c(bytes, key.start, check.position);
  return crc32c(bytes, key.end, cellsEnd, sumOfKey) === check.checksum;
}

/** Undefined for attributes that are not ours. */
function readSelfCheck(attribute: ProtobufReader): SelfCheck | undefined {
  let name = '';
  let valueEnd = -1;
  let valueBytes = 0;
  while (attribute.next()) {
    if (attribute.field === 1) name = attribute.readString();
    else if (attribute.field === 2) {
      valueBytes = attribute.readView().length;
      valueEnd = attribute.position;
    } else attribute.skip();
  }
  if (name !== walAttributeName || valueBytes !== walAttributeBytes) return undefined;
  const { bytes } = attribute;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const at = valueEnd - walAttributeBytes;
  return { synced: readInt64(view, at), checksum: view.getUint32(at + 8), position: at + 8 };
}

/** Bytes of the key's length field and message, were it whole; NaN when the length is not there. */
export function walKeyTotalBytes(bytes: Uint8Array, position: number, end: number): number {
  if (position >= end) return Number.NaN;
  const length = readUvarint(bytes, position, end);
  return varintEnd - position + length;
}
