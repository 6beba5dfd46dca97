/** The suite that abstract-level brings for its implementations, run on ours in memory. */
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { MemoryFileSystem } from '../../../native-free-io/index.ts';
import { VarveLevel } from '../../../src/level/index.ts';

interface Outcome {
  readonly type?: string;
  readonly ok?: boolean;
  readonly name?: string;
  readonly error?: unknown;
  readonly todo?: unknown;
  readonly skip?: unknown;
}

interface Harness {
  (name: string, run: unknown): void;
  createStream(options: object): {
    on(event: 'data', listener: (outcome: Outcome) => void): void;
    on(event: 'end', listener: () => void): void;
  };
}

const load = createRequire(import.meta.url);

test('abstract-level’s own suite passes on VarveLevel', { timeout: 120_000 }, async () => {
  const suite = load('abstract-level/test') as (options: object) => void;
  const harness = (load('tape') as { createHarness(options: object): Harness }).createHarness({
    autoclose: true,
  });
  const stream = harness.createStream({ objectMode: true });
  let places = 0;
  suite({
    test: harness,
    factory: (options?: object) =>
      new VarveLevel(`/db-${places++}`, {
        ...options,
        engine: { env: { fs: new MemoryFileSystem() } },
      }),
  });
  const failed: string[] = [];
  let passed = 0;
  let title = '';
  stream.on('data', (outcome) => {
    if (outcome.type === 'test') title = outcome.name ?? '';
    if (outcome.type !== 'assert' || outcome.skip !== undefined) return;
    if (outcome.ok === true) passed++;
    else failed.push(`${title}: ${outcome.name ?? ''} ${String(outcome.error)}`);
  });
  await new Promise<void>((resolve) => stream.on('end', resolve));
  expect(failed).toEqual([]);
  expect(passed).toBeGreaterThan(1000);
});
