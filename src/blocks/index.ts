/**
 * Door of `varve/blocks`: HDFS's block store, as one DataNode keeps it.
 *
 * Reading order: block-store (what users hold), store-core (shared state), replica (states), volume
 * and volume-set, open-volumes and recovery (opening), writing and block-writer, reading and
 * verified-file; format/ holds the bytes.
 */
export { BlockStore, type VolumeInfo } from './block-store.ts';
export type { BackgroundScan, BackgroundScanOptions } from './background-scan.ts';
export type { BlockWriter } from './block-writer.ts';
export type { FileChecksum } from './file-checksum.ts';
export type { Manifest, ManifestBlock } from './format/manifest.ts';
export type { BlockChecksum } from './format/meta-header.ts';
export type { InspectedFile } from '../base/index.ts';
export { inspectBlockFile } from './inspect.ts';
export type { AsideFile, LoadReport, RecoveredReplica } from './load-report.ts';
export type { BlockMetrics } from './metrics.ts';
export type { BlockStoreOptions, StoreIdentity, VolumeOptions } from './options.ts';
export type { CopyRequest } from './other-copy.ts';
export { ObjectPack, type ObjectPackOptions } from './pack/object-pack.ts';
export type { PackEntry, PackState } from './format/pack-entry.ts';
export type { OpenPackIndex, PackChanges, PackIndex } from './pack/pack-index.ts';
export type { QuarantinedBlock } from './quarantine.ts';
export type { FollowOptions, ReadOptions, TransferOptions } from './reading.ts';
export type { ReconcileReport } from './reconcile.ts';
export { legalMoves, replicaStateNumber, type BlockInfo, type ReplicaState } from './replica.ts';
export type { ScanOptions } from './scanner.ts';
export type { PutFileOptions } from './stored-files.ts';
export type { UnfinishedFile } from './unfinished-files.ts';
export type { BlockProblem, BlockVerdict, VerifyBlockOptions } from './verifying.ts';
export type { ChangeOptions, CreateOptions } from './writing.ts';
