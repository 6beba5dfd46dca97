/** All workloads by name, in the order of the report. */
import type { WorkloadFactory } from '../harness/workload.ts';
import { appendRaw, groupCommit } from './file-append.ts';
import { checksum64KiB, checksumPer512, computePer512 } from './checksum.ts';
import { appendReady16KiB, appendReady1MiB, appendRecords } from './log-append.ts';
import { compaction } from './log-compaction.ts';
import { appendWhileGrowing, readTailWhileGrowing } from './log-growth.ts';
import { lookup, reopen, reopenAfterCrash } from './log-open.ts';
import { readRecords, readRegion } from './log-read.ts';
import { poolTask, wordCount } from './mr-word-count.ts';
import { regionToSocket } from './region-socket.ts';

export const workloads: Readonly<Record<string, WorkloadFactory>> = {
  'append 1 MiB pieces': appendRaw,
  'group commit': groupCommit,
  'file region to socket': regionToSocket,
  'CRC-32C of 64 KiB': checksum64KiB,
  'verify a CRC-32C per 512 bytes': checksumPer512,
  'compute a CRC-32C per 512 bytes': computePer512,
  'append ready batches of 1 MiB': appendReady1MiB,
  'append ready batches of 16 KiB': appendReady16KiB,
  'append records': appendRecords,
  'read records': readRecords,
  'read regions': readRegion,
  'lookup in 10,000 segments': lookup,
  'reopen 1,000 segments after a clean stop': reopen,
  'reopen 1,000 segments after a crash': reopenAfterCrash,
  compaction,
  'append with 1 to 20 GiB stored': appendWhileGrowing,
  'read the tail with 1 to 20 GiB stored': readTailWhileGrowing,
  'word count': wordCount,
  'a task of a worker pool': poolTask,
};
