/** What a worker thread of the block workloads imports: one address for both doors. */
export { SlabPool } from '../../native-free-io/index.ts';
export { BlockStore } from '../../src/blocks/index.ts';
