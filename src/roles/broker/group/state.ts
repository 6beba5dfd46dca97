/**
 * Everything the group coordinator knows, as plain data, one part per partition of
 * `__consumer_offsets`.
 */
import { noTicket, type PersistTicket } from '../../shared/effect.ts';
import { partitionOfKey } from '../../shared/key-partition.ts';
import { TimerTable } from '../../shared/timer-table.ts';
import { ClassicGroup } from './classic-state.ts';
import type { GroupConfig } from './config.ts';
import type { ConsumerGroup } from './consumer-state.ts';
import type { RequestOrigin, TopicInfo } from './messages.ts';
import { OffsetTable } from './offset-table.ts';
import type { OffsetRecord } from './records.ts';
import type { SyncGroupRequest } from '../protocol/generated/sync-group.ts';
import type { TxnOffsetCommitResponse } from '../protocol/generated/txn-offset-commit.ts';

export class Group {
  readonly id: string;
  readonly partition: OffsetsPartition;
  readonly offsets: OffsetTable = new OffsetTable();
  /** Offsets by the producer whose transaction they wait for. */
  readonly pending: Map<number, OffsetTable> = new Map<number, OffsetTable>();
  members: ClassicGroup | ConsumerGroup;

  constructor(id: string, partition: OffsetsPartition, members: ClassicGroup | ConsumerGroup) {
    this.id = id;
    this.partition = partition;
    this.members = members;
  }

  get hasMembers(): boolean {
    return this.members.members.size > 0;
  }
}

export class OffsetsPartition {
  readonly index: number;
  loading = true;
  readonly groups: Map<string, Group> = new Map<string, Group>();
  /** Groups with offsets that wait for the end of this producer's transaction. */
  readonly transactions: Map<number, Set<Group>> = new Map<number, Set<Group>>();
  /** The last write asked for, and the last that is durable. */
  lastTicket: PersistTicket = noTicket;
  durableTicket: PersistTicket = noTicket;
  /** Records seen. */
  sequence = 0;

  constructor(index: number) {
    this.index = index;
  }
}

export type GroupTimer =
  | { readonly of: 'silence'; readonly groupId: string; readonly memberId: string }
  | { readonly of: 'join'; readonly groupId: string }
  | {
      readonly of: 'initial';
      readonly groupId: string;
      readonly delayMs: number;
      readonly remainingMs: number;
    }
  | { readonly of: 'sync'; readonly groupId: string; readonly generation: number }
  | {
      readonly of: 'revocation';
      readonly groupId: string;
      readonly memberId: string;
      readonly memberEpoch: number;
    }
  | { readonly of: 'expiry' };

/** A write whose outcome decides how the group goes on. */
export type PendingWrite =
  | {
      readonly of: 'sync';
      readonly groupId: string;
      readonly request: SyncGroupRequest;
    }
  | {
      readonly of: 'transactionalOffsets';
      readonly groupId: string;
      readonly producerId: number;
      readonly records: readonly OffsetRecord[];
      readonly origin: RequestOrigin;
      readonly response: TxnOffsetCommitResponse;
    };

export class CoordinatorState {
  readonly config: GroupConfig;
  readonly partitions: Map<number, OffsetsPartition> = new Map<number, OffsetsPartition>();
  readonly timers: TimerTable<GroupTimer> = new TimerTable<GroupTimer>();
  readonly writes: Map<PersistTicket, PendingWrite> = new Map<PersistTicket, PendingWrite>();
  /** Which partition a ticket belongs to. */
  readonly tickets: Map<PersistTicket, OffsetsPartition> = new Map<
    PersistTicket,
    OffsetsPartition
  >();
  topics: ReadonlyMap<string, TopicInfo> = new Map();
  nextTicket: PersistTicket = noTicket + 1;

  constructor(config: GroupConfig) {
    this.config = config;
  }

  partitionIndexOf(groupId: string): number {
    return partitionOfKey(groupId, this.config['offsets.topic.num.partitions']);
  }

  partitionOf(groupId: string): OffsetsPartition | undefined {
    return this.partitions.get(this.partitionIndexOf(groupId));
  }

  group(groupId: string): Group | undefined {
    return this.partitionOf(groupId)?.groups.get(groupId);
  }
}
