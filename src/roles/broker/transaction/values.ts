/**
 * The status of a transaction, and what the log keeps of a transactional id.
 *
 * Upstream: apache/kafka: core/.../transaction/TransactionMetadata.scala; numbers and moves kept.
 */

/** On disk, never renumber. */
export const TransactionStatus = {
  empty: 0,
  ongoing: 1,
  prepareCommit: 2,
  prepareAbort: 3,
  completeCommit: 4,
  completeAbort: 5,
  dead: 6,
} as const;
export type TransactionStatus = (typeof TransactionStatus)[keyof typeof TransactionStatus];

/** The words of DescribeTransactions and ListTransactions. */
export const statusNames: Readonly<Record<TransactionStatus, string>> = {
  [TransactionStatus.empty]: 'Empty',
  [TransactionStatus.ongoing]: 'Ongoing',
  [TransactionStatus.prepareCommit]: 'PrepareCommit',
  [TransactionStatus.prepareAbort]: 'PrepareAbort',
  [TransactionStatus.completeCommit]: 'CompleteCommit',
  [TransactionStatus.completeAbort]: 'CompleteAbort',
  [TransactionStatus.dead]: 'Dead',
};

const { empty, ongoing, prepareCommit, prepareAbort, completeCommit, completeAbort, dead } =
  TransactionStatus;

/** The states that each state may follow. */
export const legalTransactionMoves: Readonly<
  Record<TransactionStatus, readonly TransactionStatus[]>
> = {
  [empty]: [empty, completeCommit, completeAbort],
  [ongoing]: [ongoing, empty, completeCommit, completeAbort],
  [prepareCommit]: [ongoing],
  // A bumping client may abort what has no partitions.
  [prepareAbort]: [ongoing, empty, completeCommit, completeAbort],
  [completeCommit]: [prepareCommit],
  [completeAbort]: [prepareAbort],
  [dead]: [empty, completeCommit, completeAbort],
};

export interface TopicIndex {
  readonly topic: string;
  readonly index: number;
}

/** What the log keeps of an id. */
export interface TransactionValue {
  readonly producerId: number;
  /** -1 before the first answer to InitProducerId. */
  readonly producerEpoch: number;
  readonly timeoutMs: number;
  readonly status: TransactionStatus;
  /** In order of addition. */
  readonly partitions: readonly TopicIndex[];
  readonly lastUpdateMs: number;
  /** -1 outside a transaction. */
  readonly startMs: number;
  /** The producer id before its epochs were used up; -1 when there is none. */
  readonly previousProducerId: number;
  /** Takes over with the completion, where the end uses up the last epoch; -1 for none. */
  readonly nextProducerId: number;
  /** The protocol that its client follows. */
  readonly clientVersion: ClientVersion;
}

/**
 * The feature transaction.version, as far as clients differ by it: from 2 on (KIP-890) every end of
 * a transaction raises the epoch, and writes enrol their partitions. On disk, never renumber.
 */
export const ClientVersion = { old: 0, bumping: 2 } as const;
export type ClientVersion = (typeof ClientVersion)[keyof typeof ClientVersion];

/** The last epoch that a producer writes with; the one above fences it. */
export const lastUsableEpoch: number = 0x7fff - 1;
