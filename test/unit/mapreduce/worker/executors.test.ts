import { expect, test } from 'vitest';
import { IoError, MemoryFileSystem, StoreError } from '../../../../native-free-io/index.ts';
import { realEnv } from '../../../../src/env/index.ts';
import { inlineExecutor, poolExecutor, type Executor } from '../../../../src/mapreduce/index.ts';

const module = new URL('./sample-tasks.mjs', import.meta.url);
const executors: readonly [string, () => Executor][] = [
  ['pool', () => poolExecutor({ workers: 2 })],
  ['inline', () => inlineExecutor({ env: realEnv({ fs: new MemoryFileSystem() }), workers: 2 })],
];

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

for (const [name, open] of executors) {
  test(`the ${name} executor runs functions by name, with an environment`, async () => {
    await using executor = open();
    expect(executor.workers).toBe(2);
    const values = await Promise.all(
      [1, 2, 3].map((value) => executor.run({ module, task: 'double', argument: { value } })),
    );
    const fs = name === 'pool' ? 'node' : 'memory';
    expect(values).toEqual([2, 4, 6].map((value) => ({ value, fs })));
  });

  test(`the ${name} executor shares memory and nothing else`, async () => {
    await using executor = open();
    const shared = new SharedArrayBuffer(4);
    await executor.run({ module, task: 'count', argument: { shared } });
    expect(new Int32Array(shared)[0]).toBe(1);
    const unclonable = { run: () => undefined };
    expect(
      await failure(executor.run({ module, task: 'count', argument: unclonable })),
    ).toBeTruthy();
  });

  test(`an error of a task passes the ${name} executor with class, code and context`, async () => {
    await using executor = open();
    const error = await failure(executor.run({ module, task: 'fail', argument: {} }));
    expect(error).toMatchObject({
      name: 'IoError',
      code: 'IO_NO_SPACE',
      message: 'no room (a at byte 3)',
      context: { path: 'a', position: 3, errno: -28 },
    });
    const strange = await failure(executor.run({ module, task: 'failStrangely', argument: {} }));
    expect(strange).toMatchObject({ message: 'strange' });
    const unknown = await failure(executor.run({ module, task: 'none', argument: {} }));
    expect(unknown).toMatchObject({ code: 'OPTION_INVALID' });
  });

  test(`the ${name} executor does not start what was aborted before`, async () => {
    await using executor = open();
    const signal = AbortSignal.abort();
    const error = await failure(executor.run({ module, task: 'die', argument: {} }, { signal }));
    expect(error).toMatchObject({ code: 'IO_ABORTED' });
  });
}

test('aborting ends a task that hangs, and the pool runs the next', async () => {
  await using executor = poolExecutor({ workers: 1 });
  const stop = new AbortController();
  const hanging = failure(
    executor.run({ module, task: 'hang', argument: {} }, { signal: stop.signal }),
  );
  stop.abort();
  expect(await hanging).toMatchObject({ code: 'IO_ABORTED' });
  const next = await executor.run({ module, task: 'double', argument: { value: 4 } });
  expect(next).toEqual({ value: 8, fs: 'node' });
});

test('a worker that ends during its task is told as such, and the pool runs the next', async () => {
  await using executor = poolExecutor({ workers: 1 });
  const error = await failure(executor.run({ module, task: 'die', argument: {} }));
  expect(error).toBeInstanceOf(IoError);
  expect(error).toBeInstanceOf(StoreError);
  expect(error).toMatchObject({ code: 'MAPREDUCE_WORKER_LOST', retryable: true });
  const next = await executor.run({ module, task: 'double', argument: { value: 4 } });
  expect(next).toEqual({ value: 8, fs: 'node' });
});
