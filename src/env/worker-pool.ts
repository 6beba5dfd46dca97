/**
 * Worker threads, wrapped: the only room that knows piscina.
 *
 * A task is a function exported by name from a compiled module; its argument and result are plain
 * data. A round trip costs about 55 us, so tasks should be 10 ms or more.
 */
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { AbortedError } from '../../native-free-io/index.ts';

export interface WorkerPoolOptions {
  /** The compiled module (`.js`); workers cannot load TypeScript sources. */
  readonly module: URL;
  /** Name of the exported function. */
  readonly task: string;
  readonly threads: number;
}

export interface WorkerPool<Task, Result> extends AsyncDisposable {
  run(task: Task, signal?: AbortSignal): Promise<Result>;
}

export function workerPool<Task, Result>(options: WorkerPoolOptions): WorkerPool<Task, Result> {
  const pool = new Piscina<Task, Result>({
    filename: compiledPath(options.module),
    name: options.task,
    minThreads: 1,
    maxThreads: options.threads,
  });
  return {
    async run(task, signal) {
      try {
        // A signal of its own per task: each adds a listener, and many on one make Node warn.
        return await pool.run(
          task,
          signal === undefined ? {} : { signal: AbortSignal.any([signal]) },
        );
      } catch (error) {
        if (signal?.aborted === true) throw new AbortedError(undefined, { cause: error });
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

/**
 * The module's file. When varve itself runs from its TypeScript sources, as its own tests do, the
 * worker takes the compiled twin under `dist/`.
 */
function compiledPath(module: URL): string {
  const path = fileURLToPath(module);
  const fromSources = import.meta.url.endsWith('.ts');
  if (!fromSources) return path;
  const root = fileURLToPath(new URL('../../', import.meta.url));
  return `${root}dist/${path.slice(root.length)}`;
}
