/**
 * Worker threads, wrapped: the only room that knows piscina.
 *
 * A task is a function exported by name from a compiled module; its argument and result are plain
 * data. A round trip costs about 55 us, so tasks should be 10 ms or more.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { AbortedError } from '../../native-free-io/index.ts';

/** Most processes never start a worker: its modules load when one does. */
const load = createRequire(import.meta.url);

/**
 * How long a thread waits for its next task before it ends. Work comes in phases: to end and start
 * a thread between two of them takes longer than many a task, and holds up this thread as well.
 */
const idleMs = 5000;

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
  const { Piscina } = load('piscina') as typeof import('piscina');
  const pool = new Piscina<Task, Result>({
    filename: fileURLToPath(compiledModule(options.module)),
    name: options.task,
    minThreads: 1,
    maxThreads: options.threads,
    idleTimeout: idleMs,
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
 * The module as a worker can load it. When varve itself runs from its TypeScript sources, as its
 * own tests do, a module of varve is taken from its compiled twin under `dist/`.
 */
export function compiledModule(module: URL): URL {
  const root = sourceRoot();
  if (root === undefined || !isOfVarve(module, root)) return module;
  return new URL(`dist/${module.href.slice(root.href.length)}`, root);
}

/** The module as this thread can load it: from the sources where varve runs from them. */
export function sourceModule(module: URL): URL {
  const root = sourceRoot();
  if (root === undefined || !isOfVarve(module, root)) return module;
  return new URL(module.href.replace(/\.js$/, '.ts'));
}

/** The repository, when this is a source file. */
function sourceRoot(): URL | undefined {
  return import.meta.url.endsWith('.ts') ? new URL('../../', import.meta.url) : undefined;
}

function isOfVarve(module: URL, root: URL): boolean {
  return module.href.startsWith(`${root.href}src/`);
}
