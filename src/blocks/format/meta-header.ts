/**
 * Header of a sidecar: which checksum, over how many bytes.
 *
 *    0         2      3               7
 *    +---------+------+---------------+------
 *    | version | type | chunk bytes   | sums…   one big-endian CRC per chunk, the last may be short
 *    +---------+------+---------------+------
 *
 * An unknown version is read like version 1, as upstream does: it only warns.
 * Upstream: apache/hadoop: BlockMetadataHeader.java, DataChecksum.java.
 */
import { CorruptionError, type ChecksumKind } from '../../../native-free-io/index.ts';
import {
  checksumTypeNumber,
  metaChecksumTypePosition,
  metaChunkBytesPosition,
  metaHeaderBytes,
  metaVersion,
  metaVersionPosition,
} from './layout.ts';

/** 'none' is HDFS's NULL: nothing can be verified. */
export type BlockChecksum = ChecksumKind | 'none';

export interface MetaHeader {
  readonly checksum: BlockChecksum;
  /** Bytes per sum. */
  readonly chunkBytes: number;
}

export interface DecodedMetaHeader extends MetaHeader {
  readonly version: number;
}

export function encodeMetaHeader(header: MetaHeader): Uint8Array {
  const bytes = new Uint8Array(metaHeaderBytes);
  const view = new DataView(bytes.buffer);
  view.setInt16(metaVersionPosition, metaVersion);
  view.setInt8(metaChecksumTypePosition, checksumTypeNumber[header.checksum]);
  view.setInt32(metaChunkBytesPosition, header.chunkBytes);
  return bytes;
}

/** Of the first `length` bytes of `bytes`. BLOCKS_CORRUPT_META when they are no header. */
export function decodeMetaHeader(
  bytes: Uint8Array,
  length: number,
  path: string,
): DecodedMetaHeader {
  if (length < metaHeaderBytes) {
    throw malformed(`the sidecar ends after ${length} bytes, within its header`, path, length);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, metaHeaderBytes);
  const type = view.getInt8(metaChecksumTypePosition);
  const checksum = (Object.keys(checksumTypeNumber) as BlockChecksum[]).find(
    (name) => checksumTypeNumber[name] === type,
  );
  if (checksum === undefined) {
    throw malformed(`checksum type ${type}, known are 0, 1 and 2`, path, metaChecksumTypePosition);
  }
  const chunkBytes = view.getInt32(metaChunkBytesPosition);
  if (chunkBytes < 1) {
    throw malformed(`${chunkBytes} bytes per checksum`, path, metaChunkBytesPosition);
  }
  return { checksum, chunkBytes, version: view.getInt16(metaVersionPosition) };
}

function malformed(reason: string, path: string, position: number): CorruptionError {
  return new CorruptionError('BLOCKS_CORRUPT_META', reason, { context: { path, position } });
}
