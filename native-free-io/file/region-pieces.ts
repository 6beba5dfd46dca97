/**
 * What all movers of file regions share: options, bounds, one read of one piece, one turn of the
 * event loop.
 *
 * A region is moved in pieces that fit the processor's cache: a piece read into a slab is still
 * there when the socket or the other file copies it out again. That, and a synchronous read that
 * costs 1.4 us instead of a trip through the thread pool, is what makes two copies in user space
 * as quick as the system's own sendfile.
 */
import { InvalidArgumentError, IoError, throwIfAborted } from '../errors.ts';
import { SlabPool } from '../buffer/pool.ts';
import type { FileRegion } from './file-system.ts';

export interface RegionOptions {
  /** Checked before work and between pieces. */
  readonly signal?: AbortSignal;
  /** Where pieces come from. Default: one pool per thread, shared by all movers. */
  readonly pool?: SlabPool;
  /** Bytes read at once, 1 to 1 GiB. Default 1 MiB. */
  readonly pieceBytes?: number;
  /** Pieces held at most, and moved at most in one turn of the event loop. Default 2. */
  readonly windowPieces?: number;
  /**
   * 'sync' for what lies in the page cache, 'async' (through the thread pool, reading ahead) for
   * cold files, whose reads would stop the event loop. Default 'sync'.
   */
  readonly reads?: 'sync' | 'async';
  /** Told the bytes moved so far, after each piece. What it throws fails the move. */
  readonly onProgress?: (movedBytes: number) => void;
}

export interface ResolvedRegionOptions {
  readonly signal: AbortSignal | undefined;
  readonly pool: SlabPool;
  readonly pieceBytes: number;
  readonly windowPieces: number;
  readonly reads: 'sync' | 'async';
  readonly onProgress: ((movedBytes: number) => void) | undefined;
}

const defaultPieceBytes = 1 << 20;
const largestPieceBytes = 1 << 30;
const defaultWindowPieces = 2;
const largestWindowPieces = 1024;

let sharedPool: SlabPool | undefined;

/** Fills in defaults, refuses what can never work, and throws when the signal has fired. */
export function resolveRegionOptions(
  region: FileRegion,
  options: RegionOptions,
): ResolvedRegionOptions {
  const pieceBytes = options.pieceBytes ?? defaultPieceBytes;
  const windowPieces = options.windowPieces ?? defaultWindowPieces;
  requireInteger('region.position', region.position, 0, Number.MAX_SAFE_INTEGER);
  requireInteger('region.length', region.length, 0, Number.MAX_SAFE_INTEGER - region.position);
  requireInteger('pieceBytes', pieceBytes, 1, largestPieceBytes);
  requireInteger('windowPieces', windowPieces, 1, largestWindowPieces);
  throwIfAborted(options.signal);
  sharedPool ??= new SlabPool({ name: 'regions' });
  return {
    signal: options.signal,
    pool: options.pool ?? sharedPool,
    pieceBytes,
    windowPieces,
    reads: options.reads ?? 'sync',
    onProgress: options.onProgress,
  };
}

export function requireInteger(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new InvalidArgumentError(
    'IO_INVALID_ARGUMENT',
    `${name} is ${value}, not an integer from ${least} to ${most}`,
  );
}

/** Throws IO_SHORT_READ when a read gave fewer bytes than the region promises. */
export function assertWhole(
  region: FileRegion,
  position: number,
  wanted: number,
  got: number,
): void {
  if (got === wanted) return;
  throw new IoError('IO_SHORT_READ', `the file ended ${wanted - got} bytes before its region`, {
    context: {
      path: region.file.path,
      position: position + got,
      regionPosition: region.position,
      regionLength: region.length,
    },
  });
}

/** Lets everything else that waits for the event loop have its turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
