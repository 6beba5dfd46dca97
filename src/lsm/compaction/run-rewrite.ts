/**
 * Where flushes and compactions run: in a worker on the real disk, else here in small steps.
 *
 * A worker needs about 35 ms to start, so it is started with the first task.
 */
import { workerPool, type Env, type WorkerPool } from '../../env/index.ts';
import type { Rewriter, RewriteResult, RewriteTask } from '../region/rewriter.ts';
import { rewriteFiles } from './rewrite.ts';

/** Below this a flush costs a few milliseconds. */
const fewCells = 4096;

export function makeRewriter(env: Env, threads: number): Rewriter {
  const here: Rewriter['rewrite'] = (task, signal) => rewriteFiles(env, task, signal);
  if (env.fs.name !== 'node' || threads === 0) {
    return {
      rewrite: here,
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
  let pool: WorkerPool<RewriteTask, RewriteResult> | undefined;
  return {
    rewrite(task, signal) {
      // Written out sooner than a worker has started.
      if (task.memstore !== undefined && task.memstore.size < fewCells) return here(task, signal);
      pool ??= workerPool({
        module: new URL('./rewrite-worker.js', import.meta.url),
        task: 'rewriteInWorker',
        threads,
      });
      return pool.run(task, signal);
    },
    [Symbol.asyncDispose]: async () => pool?.[Symbol.asyncDispose](),
  };
}
