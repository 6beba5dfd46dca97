/** What a log knows of its idempotent and transactional producers, as a broker describes them. */
import type { LogCore } from './log-core.ts';

export interface ActiveProducer {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  /** Of its last batch, -1 when only markers are known. */
  readonly lastSequence: number;
  /** Of its last batch or marker. Ms since the epoch. */
  readonly lastTimestamp: number;
  /** Of the coordinator that wrote its last marker, -1 before the first. */
  readonly coordinatorEpoch: number;
  /** Where its open transaction begins; undefined when it has none. */
  readonly transactionStart: number | undefined;
}

export function activeProducers(core: LogCore): ActiveProducer[] {
  return Array.from(core.producers.producers(), (entry) => ({
    producerId: entry.producerId,
    producerEpoch: entry.epoch,
    lastSequence: entry.batches.at(-1)?.lastSequence ?? -1,
    lastTimestamp: entry.lastTimestamp,
    coordinatorEpoch: entry.coordinatorEpoch,
    transactionStart: entry.txnFirstOffset < 0 ? undefined : entry.txnFirstOffset,
  }));
}
