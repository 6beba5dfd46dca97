/** Entry of the worker: one flush or compaction, on the real file system. */
import { realEnv } from '../../env/index.ts';
import type { RewriteResult, RewriteTask } from '../region/rewriter.ts';
import { rewriteFiles } from './rewrite.ts';

export function rewriteInWorker(task: RewriteTask): Promise<RewriteResult> {
  return rewriteFiles(realEnv(), task);
}
