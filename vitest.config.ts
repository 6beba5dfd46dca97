import { defineConfig } from 'vitest/config';
import { reporters } from './vitest.reporters.ts';

/** The default suite: fast, no network, nothing but Node. */
export default defineConfig({
  test: {
    include: ['test/**/*.{test,prop,golden,crash,sim}.ts'],
    exclude: ['test/interop/**', 'test/package/**'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters,
  },
});
