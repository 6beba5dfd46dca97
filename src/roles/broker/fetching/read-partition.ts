/** Reads for one partition of a fetch: a region of its log within limits, or an error. */
import type { LogRegion } from '../../../log/index.ts';
import type { FetchResponseTopicPartition } from '../protocol/generated/fetch.ts';
import type { Partition } from '../topics/partition.ts';
import { errorOf } from '../log-errors.ts';
import { ErrorCode } from '../../shared/error-code.ts';
import type { WantedPartition } from './fetch-cache.ts';

export interface ReadLimits {
  readonly isolation: 'read_uncommitted' | 'read_committed';
  readonly maxBytes: number;
  /** The first batch may pass the limit. */
  readonly minOneBatch: boolean;
}

export type PartitionAnswer = FetchResponseTopicPartition;

export function readPartition(
  partition: Partition | undefined,
  wanted: WantedPartition,
  limits: ReadLimits,
): PartitionAnswer {
  const answer = emptyAnswer(wanted.index);
  if (partition === undefined || partition.isGone) {
    answer.error = ErrorCode.unknownTopicOrPartition;
    return answer;
  }
  answer.error = epochError(partition, wanted.currentLeaderEpoch);
  if (answer.error !== ErrorCode.none) return answer;
  const { log } = partition;
  const { fetchOffset } = wanted;
  if (fetchOffset < log.logStartOffset || fetchOffset > log.logEndOffset) {
    answer.error = ErrorCode.offsetOutOfRange;
    return answer;
  }
  answer.highWatermark = log.highWatermark;
  answer.lastStable = log.lastStableOffset;
  answer.logStart = log.logStartOffset;
  if (isDiverging(partition, wanted, answer)) return answer;
  try {
    const region = log.readRegion(fetchOffset, limits);
    if (limits.isolation === 'read_committed') answer.aborted = abortedOf(region);
    if (region !== undefined) answer.records = region;
  } catch (error) {
    answer.error = errorOf(error);
  }
  return answer;
}

/** What a request that knows of another leadership gets. */
export function epochError(partition: Partition, epoch: number): ErrorCode {
  if (epoch < 0 || epoch === partition.leaderEpoch) return ErrorCode.none;
  return epoch < partition.leaderEpoch ? ErrorCode.fencedLeaderEpoch : ErrorCode.unknownLeaderEpoch;
}

/** The reader's log took another way before it came here. */
function isDiverging(
  partition: Partition,
  wanted: WantedPartition,
  answer: PartitionAnswer,
): boolean {
  if (wanted.lastFetchedEpoch < 0) return false;
  const { epochs } = partition.log.core;
  const end = epochs.endOffsetFor(wanted.lastFetchedEpoch, partition.log.logEndOffset);
  if (end.epoch < 0) {
    answer.error = ErrorCode.offsetOutOfRange;
    return true;
  }
  if (end.epoch === wanted.lastFetchedEpoch && end.endOffset >= wanted.fetchOffset) return false;
  answer.divergingEpoch = { epoch: end.epoch, endOffset: end.endOffset };
  return true;
}

function abortedOf(region: LogRegion | undefined): PartitionAnswer['aborted'] {
  if (region === undefined) return [];
  return region.abortedTransactions
    .map(({ producerId, firstOffset }) => ({ producerId: Number(producerId), firstOffset }))
    .toSorted((a, b) => a.firstOffset - b.firstOffset);
}

const noRecords = new Uint8Array(0);

export function emptyAnswer(index: number): PartitionAnswer {
  return {
    index,
    error: ErrorCode.none,
    highWatermark: -1,
    lastStable: -1,
    logStart: -1,
    divergingEpoch: { epoch: -1, endOffset: -1 },
    currentLeader: { leaderId: -1, epoch: -1 },
    snapshotId: { endOffset: -1, epoch: -1 },
    aborted: null,
    preferredReplica: -1,
    records: noRecords,
  };
}
