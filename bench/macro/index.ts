/** All workloads by name, in the order of the report. */
import type { WorkloadFactory } from '../harness/workload.ts';
import { appendRaw, groupCommit } from './file-append.ts';
import { getPackedObjects, packObjects } from './blocks-pack.ts';
import { readBesideDataNode, writeBesideDataNode } from './blocks-datanode.ts';
import { openAndRead } from './blocks-latency.ts';
import { openBlocks, readBlocks, readBlocksAtRandom } from './blocks-read.ts';
import { blockToSocket } from './blocks-socket.ts';
import { writeBlocks, writeTwoStreams } from './blocks-write.ts';
import { brokerLatency } from './broker-latency.ts';
import { brokerLoads } from './broker-load.ts';
import { brokerRequests } from './broker-requests.ts';
import { startToFirstProduce } from './broker-start.ts';
import { checksum64KiB, checksumPer512, computePer512 } from './checksum.ts';
import { appendReady16KiB, appendReady1MiB, appendRecords } from './log-append.ts';
import { compaction } from './log-compaction.ts';
import { appendWhileGrowing, readTailWhileGrowing } from './log-growth.ts';
import { lookup, reopen, reopenAfterCrash } from './log-open.ts';
import { readRecords, readRegion } from './log-read.ts';
import { poolTask, wordCount, wordCountOfFunctions } from './mr-word-count.ts';
import { lsmFillRandom, lsmFillSequential, lsmPutDurable } from './lsm-fill.ts';
import { lsmLatency } from './lsm-latency.ts';
import { lsmGet, lsmGetAbsent, lsmScan } from './lsm-read.ts';
import { lsmSpace } from './lsm-space.ts';
import { ycsb } from './lsm-ycsb.ts';
import { regionToSocket } from './region-socket.ts';
import { sortManyRecords, sortRecords, sortText } from './sort.ts';

export const workloads: Readonly<Record<string, WorkloadFactory>> = {
  'append 1 MiB pieces': appendRaw,
  'group commit': groupCommit,
  'file region to socket': regionToSocket,
  'CRC-32C of 64 KiB': checksum64KiB,
  'verify a CRC-32C per 512 bytes': checksumPer512,
  'compute a CRC-32C per 512 bytes': computePer512,
  'write a block of 256 MiB': writeBlocks,
  'write blocks in two threads': writeTwoStreams,
  'read a block of 256 MiB': readBlocks,
  'read 64 KiB of a block at random': readBlocksAtRandom,
  'open a block and read 4 KiB, median': openAndRead,
  'block to socket': blockToSocket,
  'write a file of 1 GiB beside a DataNode': writeBesideDataNode,
  'read a file of 1 GiB, verified, beside a DataNode': readBesideDataNode,
  'open a store of 100,000 blocks': openBlocks,
  'put 100,000 objects of 1 KiB': packObjects,
  'get 100,000 objects of 1 KiB at random': getPackedObjects,
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
  'word count with functions of a module': wordCountOfFunctions,
  'a task of a worker pool': poolTask,
  'lsm fill sequential': lsmFillSequential,
  'lsm fill random': lsmFillRandom,
  'lsm durable puts': lsmPutDurable,
  'lsm space': lsmSpace,
  'lsm get': lsmGet,
  'lsm get absent': lsmGetAbsent,
  'lsm scan': lsmScan,
  'lsm latency while compacting': lsmLatency,
  ...ycsb,
  ...brokerLoads,
  'broker: produce to fetched at 1,000 records/s': brokerLatency,
  ...brokerRequests,
  'broker: start to first accepted produce': startToFirstProduce,
  'sort 1 GB of records of 100 bytes': sortRecords,
  'sort 1 GB of text lines': sortText,
  'sort 5 GB of records of 100 bytes': sortManyRecords,
};
