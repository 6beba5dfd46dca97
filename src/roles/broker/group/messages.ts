/**
 * What goes into the group coordinator's machine and what comes out.
 *
 * The requests and answers are those of the wire, as data: the machine never sees their bytes.
 */
import type {
  CancelTimer,
  EffectKind,
  PersistTicket,
  Reload,
  Reply,
  SetTimer,
} from '../../shared/effect.ts';
import type { ErrorCode } from '../../shared/error-code.ts';
import type { ApiName, ApiTypes } from '../protocol/generated/apis.ts';
import type { GroupRecord } from './records.ts';

export const GroupInputKind = {
  join: 1,
  sync: 2,
  heartbeat: 3,
  leave: 4,
  commit: 5,
  fetchOffsets: 6,
  deleteOffsets: 7,
  commitInTransaction: 8,
  list: 9,
  describe: 10,
  remove: 11,
  consumerHeartbeat: 12,
  describeConsumer: 13,
  persisted: 20,
  timer: 21,
  loadBegin: 22,
  loadBatch: 23,
  loadEnd: 24,
  unload: 25,
  topics: 26,
  transactionEnded: 27,
} as const;
export type GroupInputKind = (typeof GroupInputKind)[keyof typeof GroupInputKind];

/** Who asks, and where the answer goes. */
export interface RequestOrigin {
  readonly requestId: number;
  /** Of the request's api. */
  readonly version: number;
  readonly clientId: string;
  /** As Java prints it: with a leading slash. */
  readonly clientHost: string;
  /** A new random identifier, should one be needed. */
  readonly freshId: string;
  /** Names of the topics that who asks may know of; undefined: all there are. */
  readonly describable?: ReadonlySet<string>;
}

interface Asked<Kind extends GroupInputKind, Name extends ApiName> {
  readonly kind: Kind;
  readonly origin: RequestOrigin;
  readonly request: ApiTypes[Name]['request'];
}

type Kinds = typeof GroupInputKind;

export type GroupRequestInput =
  | Asked<Kinds['join'], 'joinGroup'>
  | Asked<Kinds['sync'], 'syncGroup'>
  | Asked<Kinds['heartbeat'], 'heartbeat'>
  | Asked<Kinds['leave'], 'leaveGroup'>
  | Asked<Kinds['commit'], 'offsetCommit'>
  | Asked<Kinds['fetchOffsets'], 'offsetFetch'>
  | Asked<Kinds['deleteOffsets'], 'offsetDelete'>
  | Asked<Kinds['commitInTransaction'], 'txnOffsetCommit'>
  | Asked<Kinds['list'], 'listGroups'>
  | Asked<Kinds['describe'], 'describeGroups'>
  | Asked<Kinds['remove'], 'deleteGroups'>
  | Asked<Kinds['consumerHeartbeat'], 'consumerGroupHeartbeat'>
  | Asked<Kinds['describeConsumer'], 'consumerGroupDescribe'>;

export interface TopicInfo {
  readonly name: string;
  /** 22 characters of base64url, as Kafka prints it. */
  readonly id: string;
  readonly partitionCount: number;
}

/** One batch of the partition's log, in the order of the log. */
export interface LoadedBatch {
  /** -1 outside transactions. */
  readonly producerId: number;
  /** Set for a control batch: the transaction of `producerId` ended. */
  readonly ended: 'commit' | 'abort' | undefined;
  readonly records: readonly GroupRecord[];
}

export type GroupInput =
  | GroupRequestInput
  | {
      readonly kind: Kinds['persisted'];
      readonly ticket: PersistTicket;
      /** 0, or what the append failed with. */
      readonly error: ErrorCode;
    }
  | { readonly kind: Kinds['timer']; readonly timer: number }
  | { readonly kind: Kinds['loadBegin']; readonly partition: number }
  | { readonly kind: Kinds['loadBatch']; readonly partition: number; readonly batch: LoadedBatch }
  | { readonly kind: Kinds['loadEnd']; readonly partition: number }
  | { readonly kind: Kinds['unload']; readonly partition: number }
  | {
      readonly kind: Kinds['topics'];
      /** All topics there are. */
      readonly topics: readonly TopicInfo[];
      /** Names of those that went since the last time. */
      readonly deleted: readonly string[];
    }
  | {
      readonly kind: Kinds['transactionEnded'];
      readonly partition: number;
      readonly producerId: number;
      readonly committed: boolean;
    };

export interface TransactionalProducer {
  readonly producerId: number;
  readonly epoch: number;
}

export interface PersistGroupRecords {
  readonly kind: typeof EffectKind.persist;
  readonly ticket: PersistTicket;
  /** Of `__consumer_offsets`. */
  readonly partition: number;
  readonly records: readonly GroupRecord[];
  /** Set for offsets inside a transaction. */
  readonly producer: TransactionalProducer | undefined;
}

/** The answers to all of these. */
export type GroupResponse = ApiTypes[GroupApi]['response'];

export type GroupApi =
  | 'joinGroup'
  | 'syncGroup'
  | 'heartbeat'
  | 'leaveGroup'
  | 'offsetCommit'
  | 'offsetFetch'
  | 'offsetDelete'
  | 'txnOffsetCommit'
  | 'listGroups'
  | 'describeGroups'
  | 'deleteGroups'
  | 'consumerGroupHeartbeat'
  | 'consumerGroupDescribe';

export type GroupEffect =
  PersistGroupRecords | Reply<GroupResponse> | SetTimer | CancelTimer | Reload;
