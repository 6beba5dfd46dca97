/**
 * A compacted log in memory, where rounds of cleaning run in this thread and by a clock that the
 * test moves. Records are written as text: `a=1` sets a key, `a!` is its tombstone.
 */
import { MemoryFileSystem } from '../../../../native-free-io/index.ts';
import { PartitionLog, type LogConfigInput, type OpenOptions } from '../../../../src/log/index.ts';
import type { RecordInput } from '../../../../src/log/format/batch-encoder.ts';
import type { BatchHeader } from '../../../../src/log/format/batch-header.ts';
import { headerOf, markerBatch, plainRecords, buildBatch } from '../../../helpers/batches.ts';
import { manualEnv, type ManualEnv } from '../../../helpers/manual-env.ts';

/** Enough for any test here; the default would be cleared anew for each round. */
export const mapBytes: number = 1 << 16;

export class CleaningWorld {
  readonly fs: MemoryFileSystem;
  readonly env: ManualEnv = manualEnv();
  readonly dir = '/orders-0';
  readonly #config: LogConfigInput;

  constructor(config: LogConfigInput = {}, fs: MemoryFileSystem = new MemoryFileSystem()) {
    this.fs = fs;
    this.#config = { 'cleanup.policy': 'compact', ...config };
  }

  open(options: Partial<OpenOptions> = {}): Promise<PartitionLog> {
    const { clock, timers, random, logger } = this.env;
    const env = { fs: this.fs, clock, timers, random, logger };
    return PartitionLog.open({ dir: this.dir, config: this.#config, env, ...options });
  }

  /** Names in the directory, varve's own left out. */
  names(ending = ''): string[] {
    const names = this.fs.listSync(this.dir).map(({ name }) => name);
    return names.filter((name) => !name.startsWith('.varve_') && name.endsWith(ending)).sort();
  }
}

export function recordOf(text: string): RecordInput {
  const [key, value] = text.endsWith('!') ? [text.slice(0, -1), null] : text.split('=');
  return { key: key ?? null, value: value ?? null };
}

/** One batch of these records. */
export function put(log: PartitionLog, texts: string): void {
  log.appendSync(texts.split(' ').map(recordOf));
}

/** A segment of one batch of these records, finished. */
export async function putSegment(log: PartitionLog, texts: string): Promise<void> {
  put(log, texts);
  await log.roll();
}

/** A transactional producer's batch of these records. */
export function putInTransaction(
  log: PartitionLog,
  producer: { id: bigint; sequence: number; epoch?: number },
  texts: string,
): void {
  const batch = buildBatch(texts.split(' ').map(recordOf), {
    producerId: producer.id,
    producerEpoch: producer.epoch ?? 0,
    baseSequence: producer.sequence,
    transactional: true,
  });
  log.appendBatchesSync(batch);
}

export function endTransaction(log: PartitionLog, id: bigint, aborted: boolean): void {
  log.appendBatchesSync(markerBatch({ id, aborted }), { origin: 'coordinator' });
}

/** `offset:a=1` of every record a reader gets. */
export async function shown(
  log: PartitionLog,
  isolation: 'read_uncommitted' | 'read_committed' = 'read_uncommitted',
): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of log.read({ isolation })) {
    for (const { offset, key, value } of plainRecords(batch.cursor())) {
      lines.push(`${offset}:${key ?? ''}${value === null ? '!' : `=${value}`}`);
    }
  }
  return lines;
}

/** Headers of all batches, control batches and emptied ones too. */
export async function headersOf(log: PartitionLog): Promise<BatchHeader[]> {
  const headers: BatchHeader[] = [];
  for await (const batch of log.read({ controls: true })) headers.push(headerOf(batch.bytes));
  return headers;
}

/** A round in this thread, with a small map. */
export async function clean(
  log: PartitionLog,
): Promise<{ done: boolean; firstDirty: number; recordsRead: number; recordsKept: number }> {
  return log.compact({ mapBytes });
}
