/**
 * Partition directories written by varve, one for each thing its log can do, for Apache's software
 * to judge. Each case is written under a standing clock and remembers what a reader must find.
 */
import { expect } from 'vitest';
import { nodeFileSystem, type FileSystem } from '../../../native-free-io/index.ts';
import { PartitionLog, type CodecName, type LogConfigInput } from '../../../src/log/index.ts';
import type { RecordInput } from '../../../src/log/index.ts';
import { markerBatch, producerBatch } from '../../helpers/batches.ts';
import { manualEnv, type ManualEnv } from '../../helpers/manual-env.ts';
import type { TemporaryFolder } from './partition-files.ts';
import type { ConsumedRecord } from './records.ts';
import { storedRecords, withoutEpoch } from './stored-records.ts';

export interface LogCase {
  readonly name: string;
  readonly config?: LogConfigInput;
  /** Offsets have holes. */
  readonly gaps?: boolean;
  /** What was appended is not what stays: compacted, or written past the writer. */
  readonly untracked?: boolean;
  readonly write: (writer: CaseWriter) => Promise<void>;
}

export interface WrittenLog {
  readonly name: string;
  readonly dir: string;
  readonly config: LogConfigInput;
  readonly gaps: boolean;
  /** What a consumer gets, at both isolation levels. */
  readonly records: readonly ConsumedRecord[];
  readonly committed: readonly ConsumedRecord[];
  readonly logStartOffset: number;
  readonly logEndOffset: number;
}

/** Settings under which little data makes many index entries. */
export const dense: LogConfigInput = { 'index.interval.bytes': 200 };

export class CaseWriter {
  readonly env: ManualEnv = manualEnv();
  readonly dir: string;
  /** What was appended and not taken away again, by offset; markers left out. */
  readonly kept: Map<number, Omit<ConsumedRecord, 'leaderEpoch' | 'timestampType'>> = new Map();
  #log: PartitionLog | undefined;
  /** First and last offset of the batches behind `kept`. */
  #batches: (readonly [number, number])[] = [];
  readonly #config: LogConfigInput;
  readonly #sequences = new Map<bigint, number>();
  /** Offsets of the records of open transactions, by producer. */
  readonly #ongoing = new Map<bigint, number[]>();
  readonly #aborted = new Set<number>();

  readonly #fs: FileSystem;

  constructor(dir: string, config: LogConfigInput, fs: FileSystem = nodeFileSystem) {
    this.dir = dir;
    this.#config = config;
    this.#fs = fs;
  }

  get log(): PartitionLog {
    if (this.#log === undefined) throw new Error('the log is closed');
    return this.#log;
  }

  async open(config: LogConfigInput = this.#config): Promise<void> {
    const env = { ...this.env, fs: this.#fs };
    this.#log = await PartitionLog.open({ dir: this.dir, env, config });
  }

  async close(): Promise<void> {
    await this.#log?.close();
    this.#log = undefined;
  }

  append(records: readonly RecordInput[], codec: CodecName = 'none'): void {
    const { baseOffset, logAppendTime } = this.log.appendSync(records, { codec });
    this.#keep(records, baseOffset, logAppendTime);
  }

  /** A batch of the producer, in a transaction if asked; it numbers itself. */
  produce(id: bigint, count: number, options: { readonly transactional?: boolean } = {}): void {
    const baseSequence = this.#sequences.get(id) ?? 0;
    this.#sequences.set(id, baseSequence + count);
    const { transactional = false } = options;
    const records = Array.from({ length: count }, (_, n) => ({
      key: `producer ${id}`,
      value: `number ${baseSequence + n}`,
    }));
    const producer = { producerId: id, producerEpoch: 0, baseSequence, transactional };
    const { baseOffset, logAppendTime } = this.log.appendSync(records, { producer });
    this.#keep(records, baseOffset, logAppendTime);
    if (!transactional) return;
    const offsets = this.#ongoing.get(id) ?? [];
    offsets.push(...records.map((_, index) => baseOffset + index));
    this.#ongoing.set(id, offsets);
  }

  /** The end of the producer's transaction. */
  end(id: bigint, aborted: boolean): void {
    const offsets = this.#ongoing.get(id) ?? [];
    this.#ongoing.delete(id);
    if (aborted) for (const offset of offsets) this.#aborted.add(offset);
    const marker = markerBatch({ id, aborted }, { now: this.env.time.now() });
    this.log.appendBatchesSync(marker, { origin: 'coordinator' });
  }

  /** A batch as a follower copies it, at an offset of its own. */
  copy(baseOffset: number, count: number): void {
    const batch = producerBatch(
      { id: 99n, sequence: 0, count },
      { baseOffset, leaderEpoch: 0, now: this.env.time.now() },
    );
    this.log.appendBatchesSync(batch, { origin: 'replica' });
  }

  /** `count` batches of one to three records; time goes on by ten a batch. */
  steady(count: number, codec: CodecName = 'none'): void {
    for (let n = 0; n < count; n++) {
      const at = this.env.time.now();
      const from = this.log.logEndOffset;
      this.append(
        Array.from({ length: 1 + (n % 3) }, (_, k) => ({
          key: `key ${(from + k) % 17}`,
          value: `value ${from + k} `.repeat(1 + (n % 5)),
          timestamp: at + ((k * 31) % 17),
          headers: [{ key: 'n', value: String(n) }],
        })),
        codec,
      );
      this.env.time.advance(10);
    }
  }

  /** What was kept and lies in no aborted transaction, up to the first open one. */
  get committed(): CaseWriter['kept'] {
    const stable = Math.min(...[...this.#ongoing.values()].flat(), this.log.logEndOffset);
    return new Map([...this.kept].filter(([at]) => at < stable && !this.#aborted.has(at)));
  }

  /** Batches go whole: also the records below `offset` of the batch that holds it. */
  async truncateTo(offset: number): Promise<void> {
    await this.log.truncateTo(offset);
    const [first] = this.#batches.find(([, last]) => last >= offset) ?? [offset];
    this.#batches = this.#batches.filter(([, last]) => last < offset);
    for (const known of this.kept.keys()) if (known >= first) this.kept.delete(known);
  }

  forgetBefore(offset: number): void {
    for (const known of this.kept.keys()) if (known < offset) this.kept.delete(known);
  }

  #keep(records: readonly RecordInput[], baseOffset: number, logAppendTime: number): void {
    this.#batches.push([baseOffset, baseOffset + records.length - 1]);
    for (const [index, record] of records.entries()) {
      const offset = baseOffset + index;
      const own = record.timestamp ?? this.env.time.now();
      this.kept.set(offset, {
        offset,
        timestamp: logAppendTime >= 0 ? logAppendTime : own,
        key: base64(record.key),
        value: base64(record.value),
        headers: (record.headers ?? []).map(({ key, value }) => [key, base64(value)] as const),
      });
    }
  }
}

function base64(bytes: RecordInput['key']): string | null {
  if (bytes === null || bytes === undefined) return null;
  return Buffer.from(bytes as Uint8Array).toString('base64');
}

function inOrder(records: CaseWriter['kept']): object[] {
  return [...records.values()].sort((a, b) => a.offset - b.offset);
}

/**
 * Writes the case into `<folder>/<name>-0`, reads it back, and holds that against what was written.
 */
export async function writeCase(folder: TemporaryFolder, one: LogCase): Promise<WrittenLog> {
  const config = one.config ?? {};
  const writer = new CaseWriter(folder.join('ours', `${one.name}-0`), config);
  await writer.open();
  await one.write(writer);
  await writer.close();
  await writer.open();
  const { log } = writer;
  const records = await storedRecords(log, 'read_uncommitted');
  const committed = await storedRecords(log, 'read_committed');
  const { logStartOffset, logEndOffset } = log;
  if (one.untracked !== true) {
    expect(withoutEpoch(records), one.name).toEqual(inOrder(writer.kept));
    expect(withoutEpoch(committed), one.name).toEqual(inOrder(writer.committed));
  }
  await writer.close();
  const { name, gaps = false } = one;
  return { name, dir: writer.dir, config, gaps, records, committed, logStartOffset, logEndOffset };
}
