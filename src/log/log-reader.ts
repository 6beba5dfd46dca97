/**
 * Streaming reads: an iterator over the batches of a log, across segments, optionally waiting for
 * new data at the end.
 *
 * Every batch's checksum is verified before it is given out. The reader works synchronously inside
 * a large buffer and awaits only between batches, so the event loop gets its turn.
 */
import { CorruptionError, throwIfAborted } from '../../native-free-io/index.ts';
import { AbortedTransactions } from './aborted-transactions.ts';
import { BatchScanner } from './batch-scanner.ts';
import { LogBatch } from './log-batch.ts';
import type { Isolation, LogCore } from './log-core.ts';
import { checkReadOffset, readRegion, type LogRegion } from './read.ts';

export interface ReadBatchesOptions {
  /** First offset wanted; the batch holding it is given whole. Default: the log start offset. */
  readonly from?: number;
  /** Stop before this offset. Default: the end visible at `isolation`. */
  readonly to?: number;
  /** Default 'read_uncommitted'. 'read_committed' leaves out aborted transactions. */
  readonly isolation?: Isolation;
  /** At the end, wait for more instead of finishing. Default false. */
  readonly follow?: boolean;
  /** Give out control batches (transaction markers) too. Default false. */
  readonly controls?: boolean;
  readonly signal?: AbortSignal;
  /** Read-ahead buffer. Bytes, default 1 MiB. */
  readonly bufferBytes?: number;
}

/** Batches read between turns of the event loop. */
const turnBytes = 8 << 20;

export async function* readBatches(
  core: LogCore,
  options: ReadBatchesOptions,
): AsyncIterableIterator<LogBatch> {
  const isolation = options.isolation ?? 'read_uncommitted';
  const { signal } = options;
  let offset = options.from ?? core.logStartOffset;
  const to = options.to ?? Number.POSITIVE_INFINITY;
  checkReadOffset(core, offset);
  using scanner = new BatchScanner({
    verify: true,
    ...(options.bufferBytes === undefined ? {} : { readBytes: options.bufferBytes }),
  });
  while (offset < to) {
    throwIfAborted(signal);
    if (core.closing) return;
    const region = nextRegion(core, offset, isolation);
    if (region === undefined) {
      if (options.follow !== true) return;
      await core.waitForData(offset, isolation, signal);
      continue;
    }
    try {
      const aborted = new AbortedTransactions(region.abortedTransactions);
      const generation = core.generation;
      let sinceTurn = 0;
      scanner.open(region.file, region.position, region.position + region.length);
      for (;;) {
        const step = scanner.next();
        if (step === 'end') break;
        if (step !== 'batch') throw scanner.damage();
        const header = scanner.header;
        if (header.lastOffset < offset || header.lastOffset >= region.logEndOffset) {
          throw outOfPlace(scanner, offset);
        }
        if (header.baseOffset >= to) return;
        offset = header.lastOffset + 1;
        const hidden = header.isControl && options.controls !== true;
        const skip = aborted.skips(scanner);
        if (!hidden && !skip) {
          yield new LogBatch(
            header,
            scanner.bytes.subarray(scanner.start, scanner.start + scanner.size),
          );
          throwIfAborted(signal);
        }
        sinceTurn += scanner.size;
        if (sinceTurn >= turnBytes) {
          sinceTurn = 0;
          await core.env.timers.turn();
        }
        // After every pause: what lies in the file may be something else by now.
        if (core.generation !== generation || core.closing) break;
      }
    } finally {
      region.release();
    }
  }
}

/** The rest of the segment holding `offset`, as far as visible. The log start may have moved on. */
function nextRegion(core: LogCore, offset: number, isolation: Isolation): LogRegion | undefined {
  return readRegion(core, offset, { maxBytes: Number.MAX_SAFE_INTEGER, isolation });
}

/**
 * The checksum leaves the offset out; a damaged one shows by its place, and could lead in circles.
 */
function outOfPlace(scanner: BatchScanner, expected: number): CorruptionError {
  return new CorruptionError(
    'LOG_CORRUPT_BATCH',
    `a batch up to offset ${scanner.header.lastOffset}, expected was ${expected} or a later one`,
    { context: { path: scanner.path, position: scanner.position } },
  );
}
