/**
 * Front door of `varve`: the few names most users need. Each core has its own door with the rest:
 * `varve/io`, `varve/log`.
 */
export { StoreError, CorruptionError } from '../native-free-io/index.ts';
export {
  PartitionLog,
  verifyPartition,
  type LogBatch,
  type LogRecord,
  type RecordInput,
} from './log/index.ts';
