/**
 * The two coordinators of a broker and what they have to do with each other: markers in
 * `__consumer_offsets` end what waits there, and offsets are committed only in transactions that
 * know of them.
 */
import { partitionOfKey } from '../../shared/key-partition.ts';
import { ErrorCode } from '../../shared/error-code.ts';
import type { Broker } from '../broker.ts';
import { GroupCoordinator } from '../group/group-coordinator.ts';
import { groupHandlers } from '../group/handlers.ts';
import type { Handlers } from '../handler.ts';
import type { JoinTransaction } from '../handlers/produce.ts';
import type { TxnOffsetCommitRequest } from '../protocol/generated/txn-offset-commit.ts';
import { offsetsTopic } from '../topics/topic.ts';
import { transactionHandlers } from '../transaction/handlers.ts';
import { TransactionCoordinator } from '../transaction/transaction-coordinator.ts';
import { findCoordinator } from './find-coordinator.ts';

export class Coordinators {
  readonly groups: GroupCoordinator;
  readonly transactions: TransactionCoordinator;
  readonly handlers: Handlers;

  constructor(broker: Broker) {
    const groups = new GroupCoordinator(broker);
    const transactions = new TransactionCoordinator(broker, (partition, producerId, committed) =>
      groups.transactionEnded(partition, producerId, committed),
    );
    this.groups = groups;
    this.transactions = transactions;
    this.handlers = {
      findCoordinator: findCoordinator(broker, groups, transactions),
      ...groupHandlers(broker, groups, (request, version) => this.#joinByOffsets(request, version)),
      ...transactionHandlers(broker, transactions),
    };
  }

  /** For a transactional batch that would open a transaction in a partition. */
  joinByProduce(batch: Parameters<JoinTransaction>[0]): ErrorCode {
    const { partition, isImplicit, ...asked } = batch;
    const error = this.#join({ ...asked, index: partition }, isImplicit);
    if (isImplicit && error === ErrorCode.concurrentTransactions) return error;
    return isOfCoordinator(error) ? ErrorCode.notEnoughReplicas : error;
  }

  #join(asked: Parameters<TransactionCoordinator['verify']>[0], isImplicit: boolean): ErrorCode {
    const { transactions } = this;
    return fencedAsEpoch(isImplicit ? transactions.enrol(asked) : transactions.verify(asked));
  }

  #joinByOffsets(request: TxnOffsetCommitRequest, version: number): ErrorCode {
    const { transactionalId, producerId, producerEpoch, groupId } = request;
    const index = partitionOfKey(groupId, this.groups.config['offsets.topic.num.partitions']);
    const asked = { transactionalId, producerId, producerEpoch, topic: offsetsTopic, index };
    return this.#join(asked, version >= enrollingVersion);
  }

  /** Whoever waits is answered; nothing is written any more. */
  close(): void {
    this.groups.close();
    this.transactions.close();
  }
}

/** Of TxnOffsetCommit: from here on it makes the offsets part of the transaction (KIP-890). */
const enrollingVersion = 5;

/** What producers would not try again after; they get a word after which they do. */
function isOfCoordinator(error: ErrorCode): boolean {
  return (
    error === ErrorCode.concurrentTransactions ||
    error === ErrorCode.coordinatorLoadInProgress ||
    error === ErrorCode.coordinatorNotAvailable ||
    error === ErrorCode.notCoordinator
  );
}

/** Clients that write know only this word for it. */
function fencedAsEpoch(error: ErrorCode): ErrorCode {
  return error === ErrorCode.producerFenced ? ErrorCode.invalidProducerEpoch : error;
}
