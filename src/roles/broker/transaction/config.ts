/**
 * Settings of the transaction coordinator under Kafka's names, with Kafka's defaults.
 */
export interface TransactionConfig {
  readonly 'transaction.max.timeout.ms': number;
  readonly 'transactional.id.expiration.ms': number;
  readonly 'transaction.remove.expired.transaction.cleanup.interval.ms': number;
  readonly 'transaction.state.log.num.partitions': number;
  readonly 'transaction.partition.verification.enable': boolean;
  /** Of `__consumer_offsets`: where AddOffsetsToTxn finds the group's partition. */
  readonly 'offsets.topic.num.partitions': number;
}

export const defaultTransactionConfig: TransactionConfig = {
  'transaction.max.timeout.ms': 900_000,
  'transactional.id.expiration.ms': 604_800_000,
  'transaction.remove.expired.transaction.cleanup.interval.ms': 3_600_000,
  'transaction.state.log.num.partitions': 50,
  'transaction.partition.verification.enable': true,
  'offsets.topic.num.partitions': 50,
};
