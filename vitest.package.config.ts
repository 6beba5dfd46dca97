import { defineConfig } from 'vitest/config';
import { reporters } from './vitest.reporters.ts';

/** The package as a user installs it; needs a registry for its dependencies. */
export default defineConfig({
  test: {
    include: ['test/package/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    reporters,
  },
});
