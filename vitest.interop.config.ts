import { defineConfig } from 'vitest/config';
import { reporters } from './vitest.reporters.ts';

/** Apache's own software as the judge; needs a JDK and Maven (docs/testing-interop.md). */
export default defineConfig({
  test: {
    include: ['test/interop/**/*.test.ts'],
    globalSetup: ['test/interop/setup.ts'],
    // A broker or consumer that hangs ends its test; nothing waits longer than this.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // Brokers take ports and JVMs take memory: one file at a time.
    fileParallelism: false,
    reporters,
  },
});
