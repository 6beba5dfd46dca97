/**
 * Front door of `varve`: the few names most users need. Each core has its own door (`varve/log`,
 * `varve/blocks`, `varve/lsm`, `varve/mapreduce`, `varve/kafka`), so a program loads what it uses.
 */
export { StoreError, CorruptionError } from '../native-free-io/index.ts';
export {
  PartitionLog,
  verifyPartition,
  type LogBatch,
  type LogRecord,
  type RecordInput,
} from './log/index.ts';
