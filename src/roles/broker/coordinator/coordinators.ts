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
import type { VerifyTransaction } from '../handlers/produce.ts';
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
      ...groupHandlers(broker, groups, (request) => this.#verifyOffsets(request)),
      ...transactionHandlers(broker, transactions),
    };
  }

  /** For a transactional batch that would open a transaction in a partition. */
  verifyProduce(batch: Parameters<VerifyTransaction>[0]): ErrorCode {
    const { partition, ...asked } = batch;
    return fencedAsEpoch(this.transactions.verify({ ...asked, index: partition }));
  }

  #verifyOffsets(request: TxnOffsetCommitRequest): ErrorCode {
    const { transactionalId, producerId, producerEpoch, groupId } = request;
    const index = partitionOfKey(groupId, this.groups.config['offsets.topic.num.partitions']);
    const asked = { transactionalId, producerId, producerEpoch, topic: offsetsTopic, index };
    return fencedAsEpoch(this.transactions.verify(asked));
  }

  /** Whoever waits is answered; nothing is written any more. */
  close(): void {
    this.groups.close();
    this.transactions.close();
  }
}

/** Clients that write know only this word for it. */
function fencedAsEpoch(error: ErrorCode): ErrorCode {
  return error === ErrorCode.producerFenced ? ErrorCode.invalidProducerEpoch : error;
}
