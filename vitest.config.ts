import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { reporters } from './vitest.reporters.ts';

/** The default suite: fast, no network, nothing but Node. */
export default defineConfig({
  test: {
    include: ['test/**/*.{test,prop,golden,crash,sim}.ts'],
    exclude: ['test/interop/**', 'test/package/**'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Processes are reused from file to file, one per core: loading the sources anew for each took
    // longer than the tests. Processes, not threads: some tests change the user or the folder.
    pool: 'forks',
    isolate: false,
    maxWorkers: availableParallelism(),
    reporters,
  },
});
