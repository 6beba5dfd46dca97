/**
 * One partition log kept twice: by Apache's UnifiedLog and by ours, fed the same encoded batches
 * under the same clock. Whatever is asked is asked of both, and the answers must agree; after a
 * close the files must be the same bytes.
 */
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { StoreError } from '../../../native-free-io/index.ts';
import {
  PartitionLog,
  type AppendBatchesOptions,
  type Isolation,
  type LogConfigInput,
} from '../../../src/log/index.ts';
import { manualEnv, type ManualEnv } from '../../helpers/manual-env.ts';
import { JavaError, type KafkaJvm } from './jvm.ts';
import {
  ApacheLog,
  type ApacheLogState,
  type ApacheProducer,
  type AppendAnswer,
} from './log-tool.ts';
import { epochCheckpoint, fileContents, type TemporaryFolder } from './partition-files.ts';
import { buildBatches, readIndexes, type BatchSpec, type JavaIndexes } from './records.ts';

export interface TwinOptions {
  /** `<topic>-<partition>`; each side gets a directory of that name in a folder of its own. */
  readonly name: string;
  readonly config?: LogConfigInput;
  /** Default true: the high watermark follows the log end. Else `raiseHighWatermark` moves it. */
  readonly soleReplica?: boolean;
}

/** How the directories are taken up; both sides are told the same. */
export interface TwinOpening {
  readonly clean: boolean;
  readonly recoveryPoint?: number;
  readonly logStartOffset?: number;
}

export interface TwinAppend {
  readonly origin?: 'client' | 'coordinator' | 'replica';
  readonly leaderEpoch?: number;
}

/** What both sides say about an append: a place in the log, or a kind of refusal. */
export type TwinAnswer =
  | { readonly firstOffset: number; readonly lastOffset: number; readonly logAppendTime?: number }
  | { readonly refused: string };

interface Aborted {
  readonly producerId: number;
  readonly firstOffset: number;
}

interface ApacheAnswer {
  readonly place: object;
  readonly aborted: readonly Aborted[];
  /** Of the last whole batch read. */
  readonly lastOffset: number;
}

/** Apache's exceptions and the codes under which we refuse the same thing. */
const refusals: Readonly<Record<string, readonly string[]>> = {
  OutOfOrderSequenceException: ['LOG_SEQUENCE_OUT_OF_ORDER'],
  InvalidProducerEpochException: ['LOG_PRODUCER_FENCED'],
  InvalidTxnStateException: ['LOG_TRANSACTION_STATE'],
  TransactionCoordinatorFencedException: ['LOG_COORDINATOR_FENCED'],
  CorruptRecordException: ['LOG_CORRUPT_BATCH'],
  RecordTooLargeException: ['LOG_RECORD_TOO_LARGE'],
  RecordBatchTooLargeException: ['LOG_BATCH_SET_TOO_LARGE'],
  InvalidRecordException: ['LOG_INVALID_RECORD', 'LOG_CORRUPT_RECORD', 'LOG_CORRUPT_BATCH'],
  InvalidTimestampException: ['LOG_INVALID_TIMESTAMP'],
  UnexpectedAppendOffsetException: ['LOG_UNEXPECTED_OFFSET'],
  OffsetOutOfRangeException: ['LOG_OFFSET_OUT_OF_RANGE'],
};

const isolations: readonly (readonly [
  Isolation,
  'log_end' | 'high_watermark' | 'txn_committed',
])[] = [
  ['log_end', 'log_end'],
  ['read_uncommitted', 'high_watermark'],
  ['read_committed', 'txn_committed'],
];

export class TwinLogs implements AsyncDisposable {
  readonly env: ManualEnv = manualEnv();
  readonly apacheDir: string;
  readonly ourDir: string;
  readonly #jvm: KafkaJvm;
  readonly #config: LogConfigInput;
  readonly #soleReplica: boolean;
  #apache: ApacheLog | undefined;
  #ours: PartitionLog | undefined;
  /** Log start offset when the twins were last closed. */
  #lastLogStart = 0;

  constructor(jvm: KafkaJvm, folder: TemporaryFolder, options: TwinOptions) {
    this.#jvm = jvm;
    this.#config = options.config ?? {};
    this.#soleReplica = options.soleReplica ?? true;
    this.apacheDir = folder.join('apache', options.name);
    this.ourDir = folder.join('ours', options.name);
  }

  /** New logs, or those in the two directories; their state after opening must be the same. */
  static async open(
    jvm: KafkaJvm,
    folder: TemporaryFolder,
    options: TwinOptions,
  ): Promise<TwinLogs> {
    const twins = new TwinLogs(jvm, folder, options);
    await twins.open({ clean: true });
    return twins;
  }

  get apache(): ApacheLog {
    if (this.#apache === undefined) throw new Error('the twins are closed');
    return this.#apache;
  }

  get ours(): PartitionLog {
    if (this.#ours === undefined) throw new Error('the twins are closed');
    return this.#ours;
  }

  get nowMs(): number {
    return this.env.time.now();
  }

  async open(how: TwinOpening): Promise<void> {
    const { clean, recoveryPoint = 0, logStartOffset = 0 } = how;
    if (existsSync(this.ourDir))
      leaveCheckpoint(this.ourDir, { clean, recoveryPoint, logStartOffset });
    this.#ours = await PartitionLog.open({
      dir: this.ourDir,
      env: this.env,
      config: this.#config,
      soleReplica: this.#soleReplica,
    });
    this.#apache = await ApacheLog.open(this.#jvm, {
      dir: this.apacheDir,
      clean,
      recoveryPoint,
      logStartOffset,
      config: this.#config,
      nowMs: this.nowMs,
    });
    if (this.#soleReplica) await this.apache.highWatermark(this.apache.opened.logEndOffset);
    await this.expectSameState();
  }

  /** Builds the batches with Apache's builder and appends them one call each; the common answers. */
  async append(specs: readonly BatchSpec[], options: TwinAppend = {}): Promise<TwinAnswer[]> {
    return await this.appendEncoded(await buildBatches(this.#jvm, specs), options);
  }

  async appendEncoded(batches: readonly string[], options: TwinAppend = {}): Promise<TwinAnswer[]> {
    const { origin = 'client', leaderEpoch = 0 } = options;
    const theirs = await this.apache.append(batches, {
      origin: origin === 'replica' ? 'replication' : origin,
      leaderEpoch,
      nowMs: this.nowMs,
      advanceHighWatermark: this.#soleReplica,
    });
    const ours = batches.map((batch) =>
      this.#appendOurs(Buffer.from(batch, 'base64'), {
        origin,
        leaderEpoch,
        validate: 'records',
      }),
    );
    for (const [index, answer] of theirs.entries()) {
      expectSameAnswer(ours[index]!, answer);
    }
    return ours;
  }

  #appendOurs(bytes: Uint8Array, options: AppendBatchesOptions): TwinAnswer {
    try {
      const done = this.ours.appendBatchesSync(bytes, options);
      const { baseOffset: firstOffset, lastOffset, logAppendTime, duplicate } = done;
      // To a repeated batch Apache answers with its max timestamp as the append time, whoever set it.
      return { firstOffset, lastOffset, ...(duplicate ? {} : { logAppendTime }) };
    } catch (error) {
      if (error instanceof StoreError) return { refused: error.code };
      throw error;
    }
  }

  async truncateTo(offset: number): Promise<void> {
    await this.apache.truncateTo(offset);
    await this.ours.truncateTo(offset);
    await this.expectSameState();
  }

  async truncateFullyAndStartAt(offset: number): Promise<void> {
    await this.apache.truncateFullyAndStartAt(offset);
    await this.ours.truncateFullyAndStartAt(offset);
    await this.expectSameState();
  }

  async deleteRecordsBefore(offset: number): Promise<void> {
    await this.apache.deleteRecordsBefore(offset);
    await this.ours.deleteRecordsBefore(offset);
    await this.expectSameState();
  }

  async raiseHighWatermark(offset: number): Promise<void> {
    await this.apache.highWatermark(offset);
    this.ours.raiseHighWatermark(offset);
    await this.expectSameState();
  }

  async roll(): Promise<void> {
    await this.apache.roll(this.nowMs);
    await this.ours.roll();
    await this.expectSameState();
  }

  async applyRetention(): Promise<number> {
    const { deletedSegments } = await this.apache.retention(this.nowMs);
    const { segments } = await this.ours.applyRetention();
    expect(segments).toBe(deletedSegments);
    await this.expectSameState();
    return segments;
  }

  /** Offsets, segments, producers and epochs as the open logs report them. */
  async expectSameState(): Promise<ApacheLogState> {
    const theirs = await this.apache.state();
    const { producers, ...ours } = this.#ourState();
    const { producers: known, ...rest } = comparable(theirs);
    expect(ours).toEqual(rest);
    expect(withoutSurplus(producers, known, theirs.logStartOffset)).toEqual(known);
    return theirs;
  }

  #ourState(): ReturnType<typeof comparable> {
    const { core } = this.ours;
    return {
      logStartOffset: core.logStartOffset,
      logEndOffset: core.logEndOffset,
      lastStableOffset: core.lastStableOffset,
      highWatermark: core.highWatermark,
      segments: core.segments
        .toArray()
        .map((segment) => ({ baseOffset: segment.baseOffset, size: segment.size })),
      producers: core.producers
        .toSnapshot()
        .map((entry) => ({ ...entry, producerId: Number(entry.producerId) }))
        .sort((a, b) => a.producerId - b.producerId),
      epochs: core.epochs.entries.map(({ epoch, startOffset }) => ({ epoch, startOffset })),
    };
  }

  /** A read of both: where it begins, how many bytes, which transactions to leave out. */
  async expectSameRead(offset: number, maxBytes: number, minOneBatch = true): Promise<void> {
    for (const [ours, theirs] of isolations) {
      const asked = `offset ${offset}, ${maxBytes} bytes, ${ours}, at least one: ${minOneBatch}`;
      const answer = await this.#readApache({
        offset,
        maxBytes,
        isolation: theirs,
        minOneMessage: minOneBatch,
      });
      const { aborted, ...place } = this.#readOurs(offset, {
        maxBytes,
        isolation: ours,
        minOneBatch,
      });
      expect(place, asked).toEqual(answer.place);
      expectSameAborted(aborted, answer, asked);
    }
  }

  async #readApache(request: Parameters<ApacheLog['read']>[0]): Promise<ApacheAnswer> {
    try {
      const read = await this.apache.read(request);
      const lastOffset = read.batches.at(-1)?.lastOffset ?? -1;
      // Where nothing is visible the metadata say nothing worth comparing.
      if (read.bytes === 0) return { place: { bytes: 0 }, aborted: [], lastOffset };
      const { bytes, segmentBaseOffset, position, abortedTransactions: aborted } = read;
      return { place: { bytes, segmentBaseOffset, position }, aborted, lastOffset };
    } catch (error) {
      if (!(error instanceof JavaError)) throw error;
      const name = error.javaClass.split('.').at(-1)!;
      return { place: { refused: refusals[name]?.[0] ?? name }, aborted: [], lastOffset: -1 };
    }
  }

  #readOurs(
    offset: number,
    options: { maxBytes: number; isolation: Isolation; minOneBatch: boolean },
  ): { readonly aborted: readonly Aborted[]; readonly [fact: string]: unknown } {
    try {
      using region = this.ours.readRegion(offset, options);
      if (region === undefined) return { bytes: 0, aborted: [] };
      const { length: bytes, segmentBaseOffset, position, abortedTransactions } = region;
      const aborted = abortedTransactions.map((txn) => ({
        producerId: Number(txn.producerId),
        firstOffset: txn.firstOffset,
      }));
      return { bytes, segmentBaseOffset, position, aborted };
    } catch (error) {
      if (error instanceof StoreError) return { refused: error.code, aborted: [] };
      throw error;
    }
  }

  /** Reads all over the log, in pieces of several sizes, and looks up times around its records'. */
  async expectSameAnswers(times: readonly number[] = []): Promise<void> {
    const { logStartOffset, logEndOffset } = await this.expectSameState();
    const step = Math.max(1, Math.floor((logEndOffset - logStartOffset) / 12));
    const offsets = [logStartOffset - 1, logEndOffset - 1, logEndOffset, logEndOffset + 1];
    for (let at = logStartOffset; at < logEndOffset; at += step) offsets.push(at);
    for (const offset of offsets.filter((at) => at >= 0)) {
      for (const maxBytes of [1, 700, 1 << 20]) await this.expectSameRead(offset, maxBytes);
      await this.expectSameRead(offset, 150, false);
    }
    await this.expectSameOffsetsForTimes(times);
  }

  /** Both must find what a walk over all records finds, Apache's with one known exception. */
  async expectSameOffsetsForTimes(timestamps: readonly number[]): Promise<void> {
    const theirs = await this.apache.offsetsForTimes(timestamps);
    const records = await this.#allRecords();
    for (const [index, target] of timestamps.entries()) {
      const asked = `the first record at ${target} or later`;
      const truth = records.find(({ timestamp }) => timestamp >= target) ?? null;
      const found = await this.ours.offsetForTimestamp(target, { isolation: 'log_end' });
      const ours =
        found === undefined ? null : { timestamp: found.timestamp, offset: found.offset };
      expect(ours, asked).toEqual(truth);
      if (theirs[index] === null && this.#looksTooEarly(target)) continue;
      expect(theirs[index], asked).toEqual(truth);
    }
  }

  /**
   * Apache looks into one segment only, the first whose largest timestamp reaches the target. When
   * the records that late lie below the log start there, it answers that there are none at all.
   */
  #looksTooEarly(target: number): boolean {
    const { segments, logStartOffset } = this.ours.core;
    const first = segments.toArray().find((segment) => segment.largestTimestamp >= target);
    return first !== undefined && first.baseOffset < logStartOffset;
  }

  async #allRecords(): Promise<{ timestamp: number; offset: number }[]> {
    const records: { timestamp: number; offset: number }[] = [];
    for await (const batch of this.ours.read({ isolation: 'log_end', controls: true })) {
      for (const { timestamp, offset } of batch.records()) {
        if (offset >= this.ours.logStartOffset) records.push({ timestamp, offset });
      }
    }
    return records;
  }

  /** An orderly close of both. */
  async close(): Promise<void> {
    const [apache, ours] = [this.apache, this.ours];
    this.#lastLogStart = ours.logStartOffset;
    this.#apache = undefined;
    this.#ours = undefined;
    await apache.close();
    await ours.close();
  }

  /** Closes both and compares every file. */
  async closeAndCompare(): Promise<Readonly<Record<string, string>>> {
    await this.close();
    return await this.expectSameFiles();
  }

  async expectSameFiles(): Promise<Readonly<Record<string, string>>> {
    const ours = withoutUntouched(fileContents(this.ourDir));
    expect(ours).toEqual(withoutUntouched(fileContents(this.apacheDir)));
    expect(epochCheckpoint(this.ourDir)).toBe(epochCheckpoint(this.apacheDir));
    await this.#expectSameSnapshots();
    return ours;
  }

  async #expectSameSnapshots(): Promise<void> {
    const [ours, theirs] = [
      await this.#snapshots(this.ourDir),
      await this.#snapshots(this.apacheDir),
    ];
    const start = this.#lastLogStart;
    const kept: Record<string, unknown> = {};
    for (const [name, entries] of Object.entries(ours)) {
      const known = theirs[name];
      if (known !== undefined) {
        kept[name] = withoutSurplus(
          entries as unknown as ApacheProducer[],
          known as unknown as ApacheProducer[],
          start,
        );
      } else if (Number(name.slice(0, 20)) > start) {
        kept[name] = entries;
      }
    }
    expect(kept).toEqual(theirs);
  }

  /** Snapshot entries as Apache's class reads them, ordered by producer. */
  async #snapshots(dir: string): Promise<JavaIndexes> {
    const indexes = await readIndexes(this.#jvm, dir);
    return Object.fromEntries(
      Object.entries(indexes).filter(([name]) => name.endsWith('.snapshot')),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#apache?.abandon();
    await this.#ours?.close();
  }
}

function comparable(state: ApacheLogState): Omit<ApacheLogState, 'recoveryPoint'> {
  const { logStartOffset, logEndOffset, lastStableOffset, highWatermark } = state;
  const { segments, producers, epochs } = state;
  return {
    logStartOffset,
    logEndOffset,
    lastStableOffset,
    highWatermark,
    segments,
    producers,
    epochs,
  };
}

/**
 * The transactions to leave out. Apache finds the end of a read in its index by a search that, where
 * an entry lies exactly there, sometimes takes the next one; it then lists transactions that only
 * begin behind what was read. Such a surplus is harmless, and none but that is let pass.
 */
function expectSameAborted(ours: readonly Aborted[], theirs: ApacheAnswer, asked: string): void {
  const isOurs = (one: Aborted): boolean =>
    ours.some((txn) => txn.producerId === one.producerId && txn.firstOffset === one.firstOffset);
  const needed = theirs.aborted.filter(
    (txn) => isOurs(txn) || txn.firstOffset <= theirs.lastOffset,
  );
  expect(ours, asked).toEqual(needed);
}

/** Apache makes the index files of an empty segment only when something looks at them. */
function withoutUntouched(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).filter(([name, content]) => {
      const isEmptyIndex = content === '' && /\.(index|timeindex)$/.test(name);
      return !isEmptyIndex || files[`${name.slice(0, 20)}.log`] !== '';
    }),
  );
}

/**
 * Our producers without those that Apache forgot although they have not expired: after truncation
 * and opening it drops the snapshots at or below the log start, and with them the producers whose
 * last batch lies below. We keep such producers, so that a repeat of their last batch is recognised.
 */
function withoutSurplus(
  ours: readonly ApacheProducer[],
  theirs: readonly ApacheProducer[],
  logStartOffset: number,
): ApacheProducer[] {
  const known = new Set(theirs.map(({ producerId }) => producerId));
  return ours.filter((one) => {
    const gone = one.lastOffset < logStartOffset && one.currentTxnFirstOffset < 0;
    return known.has(one.producerId) || !gone;
  });
}

function expectSameAnswer(ours: TwinAnswer, theirs: AppendAnswer): void {
  if (theirs.refused === undefined) {
    const { firstOffset, lastOffset, logAppendTime } = theirs;
    expect({ firstOffset, lastOffset, logAppendTime }).toMatchObject(ours);
    return;
  }
  const codes = refusals[theirs.refused];
  const asked = `refused with ${theirs.refused}: ${theirs.message}`;
  expect(codes, asked).toBeDefined();
  expect(ours, asked).toEqual({ refused: expect.toBeOneOf([...codes!]) as string });
}

/**
 * Tells our log what Apache's is told by its log manager: whether the last close was in order, and
 * from where on to recover.
 */
function leaveCheckpoint(dir: string, how: Required<TwinOpening>): void {
  const { recoveryPoint, logStartOffset } = how;
  const last = readdirSync(dir)
    .filter((name) => name.endsWith('.log'))
    .sort()
    .at(-1);
  const clean =
    !how.clean || last === undefined
      ? null
      : {
          logEndOffset: 0,
          activeBaseOffset: Number(last.slice(0, 20)),
          activeSize: statSync(join(dir, last)).size,
        };
  const checkpoint = { version: 1, logStartOffset, recoveryPoint, clean };
  writeFileSync(join(dir, '.varve_checkpoint'), JSON.stringify(checkpoint));
}
