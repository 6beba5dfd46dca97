/**
 * One partition log kept twice: by Apache's UnifiedLog and by ours, fed the same encoded batches
 * under the same clock. Whatever is asked is asked of both, and the answers must agree; after a
 * close the files must be the same bytes.
 */
import { existsSync } from 'node:fs';
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
import { ApacheLog, type ApacheLogState } from './log-tool.ts';
import { epochCheckpoint, fileContents, type TemporaryFolder } from './partition-files.ts';
import { buildBatches, type BatchSpec } from './records.ts';
import {
  comparable,
  expectSameAborted,
  expectSameAnswer,
  refusals,
  withoutSurplus,
  type Aborted,
  type ApacheAnswer,
  type TwinAnswer,
} from './twin-answers.ts';
import {
  expectSameSnapshots,
  leaveCheckpoint,
  withoutUntouched,
  type TwinOpening,
} from './twin-files.ts';

export interface TwinOptions {
  /** `<topic>-<partition>`; each side gets a directory of that name in a folder of its own. */
  readonly name: string;
  readonly config?: LogConfigInput;
  /** Default true: the high watermark follows the log end. Else `raiseHighWatermark` moves it. */
  readonly soleReplica?: boolean;
}

export interface TwinAppend {
  readonly origin?: 'client' | 'coordinator' | 'replica';
  readonly leaderEpoch?: number;
}

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

  /**
   * Builds the batches with Apache's builder and appends them one call each; the common answers.
   */
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
      // To a repeated batch Apache answers with its max timestamp as the append time, whoever set
      // it.
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

  /** One round of compaction over all but the active segment (4.3 only). */
  async compact(): Promise<void> {
    const { firstDirty } = await this.apache.clean({
      uncleanable: this.ours.core.segments.active.baseOffset,
      nowMs: this.nowMs,
    });
    const report = await this.ours.compact();
    expect(report.done).toBe(true);
    expect(report.firstDirty).toBe(firstDirty);
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
    const [ours, theirs] = [this.ourDir, this.apacheDir];
    const files = withoutUntouched(fileContents(ours));
    expect(files).toEqual(withoutUntouched(fileContents(theirs)));
    expect(epochCheckpoint(ours)).toBe(epochCheckpoint(theirs));
    await expectSameSnapshots(this.#jvm, { ours, theirs, logStartOffset: this.#lastLogStart });
    return files;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#apache?.abandon();
    await this.#ours?.close();
  }
}
