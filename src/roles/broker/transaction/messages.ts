/**
 * What goes into the transaction coordinator's machine and what comes out.
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
import type { ClientVersion, TopicIndex, TransactionValue } from './values.ts';

export const TransactionInputKind = {
  init: 1,
  addPartitions: 2,
  addOffsets: 3,
  end: 4,
  list: 5,
  describe: 6,
  persisted: 20,
  timer: 21,
  loadBegin: 22,
  loadRecord: 23,
  loadEnd: 24,
  unload: 25,
  markers: 26,
} as const;
export type TransactionInputKind = (typeof TransactionInputKind)[keyof typeof TransactionInputKind];
type Kinds = typeof TransactionInputKind;

export interface TransactionOrigin {
  readonly requestId: number;
  /** Of the request's api. */
  readonly version: number;
}

interface Asked<Kind extends TransactionInputKind, Name extends ApiName> {
  readonly kind: Kind;
  readonly origin: TransactionOrigin;
  readonly request: ApiTypes[Name]['request'];
}

export type InitInput = Asked<Kinds['init'], 'initProducerId'> & {
  /** A producer id nobody has, should one be needed; a gap otherwise. */
  readonly freshProducerId: number;
};

export interface AddPartitionsInput {
  readonly kind: Kinds['addPartitions'];
  readonly origin: TransactionOrigin;
  readonly request: AddPartitionsRequest;
  /** Those of the request that there are not. */
  readonly unknown: readonly TopicIndex[];
  /** Bumping, where a write brought them along. */
  readonly clientVersion: ClientVersion;
}

/** One transaction's part of AddPartitionsToTxn. */
export interface AddPartitionsRequest {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly topics: readonly { readonly name: string; readonly partitions: readonly number[] }[];
}

export type EndInput = Asked<Kinds['end'], 'endTxn'> & {
  /** A producer id nobody has, should the epochs be used up; -1 while they are not. */
  readonly freshProducerId: number;
};

export type TransactionRequestInput =
  | InitInput
  | AddPartitionsInput
  | Asked<Kinds['addOffsets'], 'addOffsetsToTxn'>
  | EndInput
  | Asked<Kinds['list'], 'listTransactions'>
  | Asked<Kinds['describe'], 'describeTransactions'>;

/** What became of one marker. */
export interface MarkerResult extends TopicIndex {
  readonly error: ErrorCode;
}

export type TransactionInput =
  | TransactionRequestInput
  | {
      readonly kind: Kinds['persisted'];
      readonly ticket: PersistTicket;
      readonly error: ErrorCode;
    }
  | { readonly kind: Kinds['timer']; readonly timer: number }
  | {
      readonly kind: Kinds['loadBegin'];
      readonly partition: number;
      readonly coordinatorEpoch: number;
    }
  | {
      readonly kind: Kinds['loadRecord'];
      readonly partition: number;
      readonly record: TransactionRecord;
    }
  | { readonly kind: Kinds['loadEnd']; readonly partition: number }
  | { readonly kind: Kinds['unload']; readonly partition: number }
  | {
      readonly kind: Kinds['markers'];
      readonly transactionalId: string;
      readonly producerEpoch: number;
      readonly results: readonly MarkerResult[];
    };

export interface TransactionRecord {
  readonly transactionalId: string;
  /** Null removes the id. */
  readonly value: TransactionValue | null;
}

export interface PersistTransaction {
  readonly kind: typeof EffectKind.persist;
  readonly ticket: PersistTicket;
  /** Of `__transaction_state`. */
  readonly partition: number;
  readonly record: TransactionRecord;
}

/** Write the end of the transaction into each of these partitions, and tell what became of it. */
export interface SendMarkers {
  readonly kind: typeof EffectKind.send;
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly committed: boolean;
  readonly coordinatorEpoch: number;
  readonly partitions: readonly TopicIndex[];
}

export type TransactionApi =
  | 'initProducerId'
  | 'addPartitionsToTxn'
  | 'addOffsetsToTxn'
  | 'endTxn'
  | 'listTransactions'
  | 'describeTransactions';

export type TransactionResponse = ApiTypes[TransactionApi]['response'];

export type TransactionEffect =
  PersistTransaction | SendMarkers | Reply<TransactionResponse> | SetTimer | CancelTimer | Reload;
