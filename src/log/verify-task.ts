/** What a worker thread runs for `verifyPartition`: one segment, on the real file system. */
import { nodeFileSystem } from '../../native-free-io/index.ts';
import { verifySegment, type SegmentReport } from './verify.ts';
import type { VerifyTask } from './verify-partition.ts';

export function verifySegmentTask(task: VerifyTask): SegmentReport {
  return verifySegment(nodeFileSystem, task.dir, task.baseOffset, { deep: task.deep });
}
