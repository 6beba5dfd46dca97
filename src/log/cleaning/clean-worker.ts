/** Entry of the cleaning worker: one round, on the real file system. */
import { realEnv } from '../../env/index.ts';
import { cleanSegments } from './clean-segments.ts';
import type { CleanResult, CleanTask } from './clean-task.ts';

export function cleanInWorker(task: CleanTask): Promise<CleanResult> {
  return cleanSegments(realEnv(), task);
}
