import { defineConfig } from 'vitest/config';
import { reporters } from './vitest.reporters.ts';

/** Apache's own software as the judge; needs a JDK and Maven (docs/testing-interop.md). */
export default defineConfig({
  test: {
    include: ['test/interop/**/*.test.ts'],
    testTimeout: 120_000,
    // The first run resolves the jars and compiles the Java program in a hook.
    hookTimeout: 600_000,
    // Brokers take ports and JVMs take memory: one file at a time.
    fileParallelism: false,
    reporters,
  },
});
