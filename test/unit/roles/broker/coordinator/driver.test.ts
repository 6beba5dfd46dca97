/** Timers of a machine whose process stood still. */
import { expect, test } from 'vitest';
import { Driver } from '../../../../../src/roles/broker/coordinator/driver.ts';
import { EffectKind } from '../../../../../src/roles/shared/effect.ts';
import { manualEnv } from '../../../../helpers/manual-env.ts';

/** A machine that sets one timer and tells when it fires. */
function withTimer(afterMs: number) {
  const { time, clock, timers } = manualEnv();
  const fired: number[] = [];
  const start = time.now();
  type Input = 'start' | { readonly timer: number };
  const driver = new Driver<Input, Input, never, never, never>({
    clock,
    timers,
    step: (input, nowMs, out) => {
      if (input === 'start')
        out.push({ kind: EffectKind.setTimer, timer: 1, atMs: nowMs + afterMs });
      else fired.push(nowMs - start);
    },
    write: () => 0,
    send: () => undefined,
    reload: () => undefined,
    timerInput: (timer) => ({ timer }),
    persistedInput: () => 'start',
    refuse: () => undefined as never,
  });
  driver.feed('start');
  return { time, start, fired };
}

test('a timer fires when it is due', () => {
  const { time, fired } = withTimer(5000);
  time.advance(4999);
  expect(fired).toEqual([]);
  time.advance(1);
  expect(fired).toEqual([5000]);
});

test('after the machine was asleep clients get a second to be heard of, once', () => {
  const { time, start, fired } = withTimer(5000);
  time.set(start + 60_000);
  time.advance(0);
  expect(fired).toEqual([]);
  time.advance(999);
  expect(fired).toEqual([]);
  time.set(start + 90_000);
  time.advance(0);
  expect(fired).toEqual([90_000]);
});
