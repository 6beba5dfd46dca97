/**
 * Every task given to the worker pool added a listener to the caller's signal, and from the
 * eleventh segment on Node printed a warning about a memory leak into the user's terminal.
 */
import { expect, it, onTestFinished } from 'vitest';
import { verifyPartition } from '../../src/log/index.ts';
import { LogWorld, numbered } from '../helpers/log-world.ts';

it('a partition of many segments is verified on threads without a warning of Node', async () => {
  const warnings: string[] = [];
  const note = (warning: Error): void => void warnings.push(warning.name);
  process.on('warning', note);
  onTestFinished(() => void process.off('warning', note));
  const world = new LogWorld();
  const log = await world.open({ 'segment.bytes': 200 });
  for (let batch = 0; batch < 30; batch++) await log.append(numbered(3, 3 * batch));
  await log.close();
  const { signal } = new AbortController();
  const report = await verifyPartition({ dir: world.dir, threads: 1, signal });
  await new Promise((resolve) => setImmediate(resolve));
  expect(report.segments.length).toBeGreaterThan(20);
  expect(report.problems).toEqual([]);
  expect(warnings).toEqual([]);
});
