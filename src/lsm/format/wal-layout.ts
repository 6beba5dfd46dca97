/**
 * Where things stand in a write-ahead log; its numbers and names. On disk, never renumber.
 *
 *    'PWAL' | header, delimited | entry… | [ trailer | its size i32 | 'LAWP' ]
 *    entry = key, delimited | cell x its count      cell = length i32 | KeyValue with tags
 *
 * The trailer is there when the log was closed in order. Upstream: apache/hbase:
 * hbase-protocol-shaded/.../WAL.proto (Apache-2.0). Format doc: docs/formats/lsm.md, "WAL".
 */

export const walMagic = 'PWAL';
export const walTrailerMagic = 'LAWP';
export const walMagicBytes = 4;
/** Behind the trailer's message: its size and the magic. */
export const walTrailerEndBytes = 8;
/** Before each cell. */
export const walCellLengthBytes = 4;

export const WalHeaderField = {
  hasCompression: 1,
  encryptionKey: 2,
  hasTagCompression: 3,
  writerClass: 4,
  cellCodecClass: 5,
  hasValueCompression: 6,
  valueCompression: 7,
  /** Ours: entries check themselves. Unknown to HBase, which looks past it. */
  selfChecking: 1000,
} as const;

export const WalKeyField = {
  region: 1,
  table: 2,
  sequenceId: 3,
  writeTime: 4,
  clusterId: 5,
  scopes: 6,
  cellCount: 7,
  clusterIds: 8,
  nonceGroup: 9,
  nonce: 10,
  originalSequenceId: 11,
  attributes: 12,
} as const;

export const walWriterClass = 'ProtobufLogWriter';
/** Writers whose logs can be read; encrypted ones are refused by their key. */
export const walWriterClasses: readonly string[] = [
  'ProtobufLogWriter',
  'AsyncProtobufLogWriter',
  'SecureProtobufLogWriter',
  'SecureAsyncProtobufLogWriter',
];
export const walCellCodecClass = 'org.apache.hadoop.hbase.regionserver.wal.WALCellCodec';

/**
 * The attribute by which our entries check themselves; HBase carries it along and looks past it.
 *
 *    synced i64 | crc-32c u32
 *
 * The sum covers the key's bytes before it and then the cells. `synced` is how much of the log was
 * known to be durable when the entry was appended. The attribute is the last field of the key.
 */
export const walAttributeName = 'varve';
export const walAttributeBytes = 12;

/** Family of the marks that a server puts in its log beside the cells of users. */
export const walMarkerFamily = 'METAFAMILY';
