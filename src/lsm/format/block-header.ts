/**
 * Header of a block: what it is, how long, and how it is checked.
 *
 *    magic 8 | on-disk size i32 | uncompressed size i32 | previous block i64 |
 *    checksum type i8 | bytes per checksum i32 | on-disk size with header, no checksums i32
 *
 * `on-disk size` counts payload and checksums, no header. Files of minor version 0 end the header
 * before the checksum type and have no checksums.
 * Invariant (judged here): 33 + on-disk size = data size + 4 for each checksum.
 * Upstream: apache/hbase: hbase-server/.../HFileBlock.java (Apache-2.0); format kept, code our own.
 * Format doc: docs/formats/lsm.md, "Block header".
 */
import { chunkCount, readInt64OrNaN, writeInt64 } from '../../../native-free-io/index.ts';
import { corruptFile } from './damage.ts';
import {
  blockHeaderBytes,
  BlockMagic,
  blockMagicBytes,
  bytesPerChecksumPosition,
  checksumBytes,
  ChecksumType,
  checksumTypePosition,
  onDiskDataSizePosition,
  onDiskSizePosition,
  plainHeaderBytes,
  prevBlockPosition,
  uncompressedSizePosition,
  type BlockType,
} from './layout.ts';

export interface BlockHeader {
  readonly type: BlockType;
  readonly headerBytes: number;
  /** Header, payload and checksums: what index entries call its size. */
  readonly totalBytes: number;
  /** Header and payload. */
  readonly dataBytes: number;
  /** Payload when decompressed. */
  readonly uncompressedBytes: number;
  /** Position of the previous block of the same type; -1 for none. */
  readonly previousPosition: number;
  readonly checksumType: number;
  readonly bytesPerChecksum: number;
}

/** Nobody writes blocks of more; a header that says so is damage. */
export const mostBlockBytes: number = 0x7fff_0000;

const types = Object.keys(BlockMagic) as BlockType[];
const magics = new Map(types.map((type) => [BlockMagic[type], type] as const));

export function blockTypeOf(bytes: Uint8Array, position: number): BlockType | undefined {
  let magic = '';
  for (let i = 0; i < blockMagicBytes; i++) magic += String.fromCharCode(bytes[position + i]!);
  return magics.get(magic as (typeof BlockMagic)[BlockType]);
}

/** Where a header came from, for errors. */
export interface HeaderPlace {
  readonly path: string;
  /** Of the block in the file. */
  readonly position: number;
  readonly hasChecksums: boolean;
}

/** The header at `bytes[at..]`, of which `headerBytesOf(place)` must be there. */
export function decodeBlockHeader(view: DataView, at: number, place: HeaderPlace): BlockHeader {
  const { path, position, hasChecksums } = place;
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const type = blockTypeOf(bytes, at);
  if (type === undefined) throw corruptFile('no block begins here', { path, position });
  const onDisk = view.getInt32(at + onDiskSizePosition);
  const uncompressedBytes = view.getInt32(at + uncompressedSizePosition);
  const previousPosition = readInt64OrNaN(view, at + prevBlockPosition);
  const wrong = (what: string): Error => corruptFile(`block header: ${what}`, { path, position });
  if (onDisk < 0 || onDisk > mostBlockBytes) throw wrong(`size ${onDisk}`);
  if (uncompressedBytes < 0 || uncompressedBytes > mostBlockBytes) {
    throw wrong(`uncompressed size ${uncompressedBytes}`);
  }
  if (!(previousPosition >= -1 && previousPosition < Math.max(position, 0))) {
    throw wrong(`previous block at ${previousPosition}`);
  }
  if (!hasChecksums) {
    const totalBytes = plainHeaderBytes + onDisk;
    return {
      type,
      headerBytes: plainHeaderBytes,
      totalBytes,
      dataBytes: totalBytes,
      uncompressedBytes,
      previousPosition,
      checksumType: ChecksumType.none,
      bytesPerChecksum: 0,
    };
  }
  const checksumType = view.getUint8(at + checksumTypePosition);
  const bytesPerChecksum = view.getInt32(at + bytesPerChecksumPosition);
  const dataBytes = view.getInt32(at + onDiskDataSizePosition);
  const totalBytes = blockHeaderBytes + onDisk;
  if (checksumType > ChecksumType.crc32c) throw wrong(`checksum type ${checksumType}`);
  if (bytesPerChecksum < blockHeaderBytes) throw wrong(`${bytesPerChecksum} bytes per checksum`);
  if (dataBytes < blockHeaderBytes || dataBytes > totalBytes) throw wrong(`data size ${dataBytes}`);
  if (totalBytes !== dataBytes + checksumBytes * chunkCount(dataBytes, bytesPerChecksum)) {
    throw wrong(`data size ${dataBytes} does not leave room for its checksums in ${totalBytes}`);
  }
  return {
    type,
    headerBytes: blockHeaderBytes,
    totalBytes,
    dataBytes,
    uncompressedBytes,
    previousPosition,
    checksumType,
    bytesPerChecksum,
  };
}

/** Writes the 33 bytes. */
export function encodeBlockHeader(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  header: Omit<BlockHeader, 'headerBytes'>,
): void {
  const magic = BlockMagic[header.type];
  for (let i = 0; i < blockMagicBytes; i++) bytes[at + i] = magic.charCodeAt(i);
  view.setInt32(at + onDiskSizePosition, header.totalBytes - blockHeaderBytes);
  view.setInt32(at + uncompressedSizePosition, header.uncompressedBytes);
  writeInt64(view, at + prevBlockPosition, header.previousPosition);
  view.setUint8(at + checksumTypePosition, header.checksumType);
  view.setInt32(at + bytesPerChecksumPosition, header.bytesPerChecksum);
  view.setInt32(at + onDiskDataSizePosition, header.dataBytes);
}
