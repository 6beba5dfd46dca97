/**
 * Moves a region of a file to a socket, to a loop or into another file, without ever holding more
 * than a few pieces of it: what sendfile is to the system.
 *
 *    sendRegion(region, socket)          to any Writable, slabs recycled by its write callbacks
 *    regionChunks(region)                to a `for await` loop, a chunk at a time
 *    copyRegion(region, file, position)  into another file
 *
 * All give the event loop a turn at least once per window, throw AbortedError when their signal
 * fires, IO_SHORT_READ (path, position) when the file ends before the region, and leave no slab
 * leased, whatever happens.
 */
import type { Writable } from 'node:stream';
import { InvalidArgumentError, throwIfAborted } from '../errors.ts';
import type { FileHandle, FileRegion } from './file-system.ts';
import { ReadAhead } from './read-ahead.ts';
import {
  assertWhole,
  nextTurn,
  requireInteger,
  resolveRegionOptions,
  type RegionOptions,
  type ResolvedRegionOptions,
} from './region-pieces.ts';
import { RegionSender } from './region-sender.ts';

export interface SendRegionOptions extends RegionOptions {
  /**
   * True for a stream that keeps chunks after its write callback, as PassThrough does: every piece
   * then gets a buffer of its own, for the collector. Sockets, files, TLS, HTTP and compressors do
   * not keep them. Default false.
   */
  readonly keepsBytes?: boolean;
}

/**
 * Writes the region to `target`; resolves to its length when the stream took the last byte. Does
 * not end the stream. A stream closed meanwhile rejects with IoError IO_CLOSED that names the
 * region. On abort the stream is destroyed if bytes were handed to it: the message is cut anyway,
 * and only so does it let go of the slabs.
 */
export async function sendRegion(
  region: FileRegion,
  target: Writable,
  options: SendRegionOptions = {},
): Promise<number> {
  const resolved = resolveRegionOptions(region, options);
  if (region.length === 0) return 0;
  return new RegionSender(region, target, resolved, options.keepsBytes ?? false).run();
}

/** The region's bytes in order; a chunk is valid until the next pull, copy what shall stay. */
export async function* regionChunks(
  region: FileRegion,
  options: RegionOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const resolved = resolveRegionOptions(region, options);
  const { reads, windowPieces, signal, onProgress } = resolved;
  const pieces = reads === 'sync' ? cachedPieces(region, resolved) : coldPieces(region, options);
  let moved = 0;
  let turnBudget = windowPieces;
  for await (const piece of pieces) {
    yield piece;
    moved += piece.length;
    onProgress?.(moved);
    throwIfAborted(signal);
    if (--turnBudget > 0) continue;
    turnBudget = windowPieces;
    await nextTurn();
    throwIfAborted(signal);
  }
}

/**
 * Copies the region to `position` of `target`; resolves to its length. Within one file the ranges
 * must not overlap. Not durable before `target.sync`.
 */
export async function copyRegion(
  region: FileRegion,
  target: FileHandle,
  position: number,
  options: RegionOptions = {},
): Promise<number> {
  requireInteger('position', position, 0, Number.MAX_SAFE_INTEGER - region.length);
  refuseOverlap(region, target, position);
  let at = position;
  for await (const chunk of regionChunks(region, options)) {
    if (options.reads === 'async') await target.write(chunk, 0, chunk.length, at);
    else target.writeSync(chunk, 0, chunk.length, at);
    at += chunk.length;
  }
  return at - position;
}

/** From the page cache one slab is enough: reading ahead would only cool the processor's cache. */
function* cachedPieces(region: FileRegion, options: ResolvedRegionOptions): Generator<Uint8Array> {
  if (region.length === 0) return;
  const slab = options.pool.lease(Math.min(options.pieceBytes, region.length));
  try {
    for (let done = 0; done < region.length;) {
      const length = Math.min(options.pieceBytes, region.length - done);
      const position = region.position + done;
      const got = region.file.readSync(slab.bytes, 0, length, position);
      assertWhole(region, position, length, got);
      yield slab.bytes.subarray(0, length);
      done += length;
    }
  } finally {
    slab.release();
  }
}

async function* coldPieces(
  region: FileRegion,
  options: RegionOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const ahead = new ReadAhead(region, options);
  try {
    for (let piece = await ahead.next(); piece !== undefined; piece = await ahead.next()) {
      try {
        yield piece.slab.bytes.subarray(0, piece.length);
      } finally {
        piece.slab.release();
      }
    }
  } finally {
    await ahead.close();
  }
}

function refuseOverlap(region: FileRegion, target: FileHandle, position: number): void {
  const { file, position: from, length } = region;
  if (target !== file && target.path !== file.path) return;
  if (position + length <= from || from + length <= position) return;
  throw new InvalidArgumentError(
    'IO_INVALID_ARGUMENT',
    `a copy of ${length} bytes from ${from} to ${position} overlaps itself`,
    { context: { path: target.path, position } },
  );
}
