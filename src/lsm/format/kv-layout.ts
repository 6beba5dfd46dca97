/**
 * Where the parts of a KeyValue lie, and the codes of its type byte.
 *
 *    key length i32 | value length i32 | key | value | [ tags length u16 | tags ] | [ mvcc VLong ]
 *    key = row length i16 | row | family length i8 | family | qualifier | timestamp i64 | type u8
 *    tag = length u16 (1 + payload) | tag type u8 | payload
 *
 * Big-endian. The tags stand in a data block when its file includes tags, and in the log when the
 * cell has some; the mvcc only in data blocks. The qualifier's length is what the key's leaves.
 * Upstream: apache/hbase: hbase-common/.../KeyValue.java (Apache-2.0); format kept, code our own.
 * Format doc: docs/formats/lsm.md, "KeyValue".
 */

export const keyLengthPosition = 0;
export const keyLengthBytes = 4;
export const valueLengthPosition: number = keyLengthPosition + keyLengthBytes;
export const valueLengthBytes = 4;
export const kvKeyPosition: number = valueLengthPosition + valueLengthBytes;

/** Within a key. */
export const rowLengthBytes = 2;
export const familyLengthBytes = 1;
export const timestampBytes = 8;
export const typeBytes = 1;
/** At the end of every key. */
export const timestampTypeBytes: number = timestampBytes + typeBytes;
/** Bytes of a key besides row, family and qualifier. */
export const keyOverheadBytes: number = rowLengthBytes + familyLengthBytes + timestampTypeBytes;
/** Bytes of a KeyValue besides row, family, qualifier, value and tags. */
export const kvOverheadBytes: number = kvKeyPosition + keyOverheadBytes;
export const tagsLengthBytes = 2;
/** Of one tag: its length field and its type. */
export const tagOverheadBytes = 3;

export const maxRowBytes = 32767;
export const maxFamilyBytes = 127;
/** Upstream writes up to 65535, but its readers take the length for signed. */
export const maxTagsBytes = 32767;
/** A key or value of more is damage. Lengths are signed; what is near their end cannot be held. */
export const maxKeyBytes = 0x7fff_fff0;

/** On disk, never renumber. */
export const CellType = {
  minimum: 0,
  put: 4,
  delete: 8,
  deleteFamilyVersion: 10,
  deleteColumn: 12,
  deleteFamily: 14,
  maximum: 255,
} as const;
export type CellType = (typeof CellType)[keyof typeof CellType];

/** On disk, never renumber. 0 to 63 belong to the system. */
export const TagType = {
  acl: 1,
  visibility: 2,
  visibilityExpressionFormat: 4,
  mobReference: 5,
  mobTableName: 6,
  stringVisibility: 7,
  /** Payload: i64 milliseconds. */
  ttl: 8,
  cellValueTiering: 9,
} as const;

/** 2^63 - 1 on disk; the nearest number here. Sorts before every other timestamp. */
export const latestTimestamp: number = 2 ** 63;
/** -2^63. Sorts after every other timestamp. */
export const oldestTimestamp: number = -(2 ** 63);
