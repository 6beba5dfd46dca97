/**
 * Reads blocks of one file: bytes from disk, header judged, checksums verified, decompressed.
 *
 * Blocks are read into kernel memory, where the checksum kernel computes in place. A block whose
 * checksums fail is read once more before it is called damaged.
 */
import {
  SlabPool,
  verifyChunks,
  type FileHandle,
  type Slab,
} from '../../../native-free-io/index.ts';
import { decodeBlockHeader, type BlockHeader } from '../format/block-header.ts';
import { corruptFile, decoding } from '../format/damage.ts';
import {
  blockHeaderBytes,
  ChecksumType,
  plainHeaderBytes,
  type BlockType,
} from '../format/layout.ts';
import { decompress, type CompressionName } from './compression.ts';

export interface BlockReaderOptions {
  readonly compression: CompressionName;
  /** False for files of minor version 0. */
  readonly hasChecksums: boolean;
  /** Whether checksums are verified. */
  readonly verifies: boolean;
  /** No block ends behind this position. */
  readonly endPosition: number;
}

/** A block's payload, decompressed. */
export interface Payload {
  readonly header: BlockHeader;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
}

/** Where a block is, as its index entry says. */
export interface BlockPlace {
  readonly position: number;
  readonly totalBytes: number;
}

/** A block as it was read: its bytes at `at` of the slab. */
interface StoredBlock {
  readonly slab: Slab;
  readonly at: number;
  readonly position: number;
  readonly copies: boolean;
}

let pool: SlabPool | undefined;

/** Where blocks being read lie; shared by the thread. */
export function readPool(): SlabPool {
  pool ??= new SlabPool({ name: 'blocks being read' });
  return pool;
}

export class BlockReader {
  readonly file: FileHandle;
  readonly options: BlockReaderOptions;
  readonly headerBytes: number;

  constructor(file: FileHandle, options: BlockReaderOptions) {
    this.file = file;
    this.options = options;
    this.headerBytes = options.hasChecksums ? blockHeaderBytes : plainHeaderBytes;
  }

  get path(): string {
    return this.file.path;
  }

  /** The block at a place, in bytes of its own. `types` tells what may stand there. */
  read(place: BlockPlace, types: readonly BlockType[]): Payload {
    this.checkPlace(place);
    using slab = readPool().lease(place.totalBytes);
    this.fill(slab, place.position, place.totalBytes);
    return this.payload(slab, 0, place, { types, copies: true });
  }

  /** Reads bytes of the file to the front of a slab. */
  fill(slab: Slab, position: number, length: number): void {
    const count = this.file.readSync(slab.bytes, 0, length, position);
    if (count === length) return;
    const context = { path: this.path, position };
    throw corruptFile(`the file ends ${length - count} bytes too early`, context);
  }

  /**
   * The payload of the block whose bytes lie at `at` in the slab. Uncompressed ones are views of
   * the slab unless `copies`.
   */
  payload(
    slab: Slab,
    at: number,
    place: BlockPlace,
    wanted: { readonly types: readonly BlockType[]; readonly copies: boolean },
  ): Payload {
    let header = this.headerAt(slab, at, place.position);
    if (header.totalBytes !== place.totalBytes) throw this.#wrongSize(place, header);
    if (!this.#isSound(slab, at, header)) {
      // What memory or a cable bent may be right on disk.
      const again = this.file.readSync(slab.bytes, at, place.totalBytes, place.position);
      header = this.headerAt(slab, at, place.position);
      if (again !== place.totalBytes || header.totalBytes !== place.totalBytes) {
        throw this.#wrongSize(place, header);
      }
      if (!this.#isSound(slab, at, header)) {
        const context = { path: this.path, position: place.position };
        throw corruptFile(`${header.type} block: a checksum does not match`, context);
      }
    }
    if (!wanted.types.includes(header.type)) {
      const context = { path: this.path, position: place.position };
      throw corruptFile(
        `a ${header.type} block where ${wanted.types.join(' or ')} is due`,
        context,
      );
    }
    return this.#decompressed(header, { slab, at, position: place.position, ...wanted });
  }

  headerAt(slab: Slab, at: number, position: number): BlockHeader {
    const { hasChecksums } = this.options;
    return decodeBlockHeader(slab.view, at, { path: this.path, position, hasChecksums });
  }

  #decompressed(header: BlockHeader, stored: StoredBlock): Payload {
    const { compression } = this.options;
    const { slab, at, copies } = stored;
    const start = at + header.headerBytes;
    const end = at + header.dataBytes;
    const context = { path: this.path, position: stored.position };
    if (compression === 'none') {
      if (end - start !== header.uncompressedBytes) {
        const message = `${header.type} block of ${end - start} bytes, ${header.uncompressedBytes} said`;
        throw corruptFile(message, context);
      }
      if (!copies) return { header, bytes: slab.bytes, view: slab.view, start, end };
      const bytes = new Uint8Array(slab.bytes.subarray(start, end));
      return { header, bytes, view: new DataView(bytes.buffer), start: 0, end: bytes.length };
    }
    const source = slab.bytes.subarray(start, end);
    const bytes = decoding(context, `${header.type} block`, () =>
      decompress(compression, source, header.uncompressedBytes),
    );
    if (bytes.length !== header.uncompressedBytes) {
      const message = `${header.type} block gives ${bytes.length} bytes, ${header.uncompressedBytes} said`;
      throw corruptFile(message, context);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return { header, bytes, view, start: 0, end: bytes.length };
  }

  #isSound(slab: Slab, at: number, header: BlockHeader): boolean {
    const { checksumType, bytesPerChecksum, dataBytes } = header;
    if (checksumType === ChecksumType.none || !this.options.verifies) return true;
    const kind = checksumType === ChecksumType.crc32 ? 'crc32' : 'crc32c';
    const bad = verifyChunks(kind, {
      bytes: slab.bytes,
      start: at,
      end: at + dataBytes,
      chunkBytes: bytesPerChecksum,
      sums: slab.bytes,
      sumsStart: at + dataBytes,
    });
    return bad < 0;
  }

  /** LSM_CORRUPT_FILE for a place outside of the blocks. */
  checkPlace({ position, totalBytes }: BlockPlace): void {
    const { endPosition } = this.options;
    const isWithin =
      position >= 0 && totalBytes >= this.headerBytes && position + totalBytes <= endPosition;
    if (isWithin) return;
    const message = `a block of ${totalBytes} bytes cannot lie here`;
    throw corruptFile(message, { path: this.path, position });
  }

  #wrongSize(place: BlockPlace, header: BlockHeader): Error {
    const message = `${header.type} block of ${header.totalBytes} bytes, its index entry says ${place.totalBytes}`;
    return corruptFile(message, { path: this.path, position: place.position });
  }
}
