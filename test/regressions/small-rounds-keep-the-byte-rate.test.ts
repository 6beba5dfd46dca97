/**
 * The byte rate was looked at once per megabyte, so rounds over small logs ran at full speed.
 */
import { expect, test } from 'vitest';
import { Throttle } from '../../src/log/cleaning/throttle.ts';
import { ManualTime } from '../helpers/manual-env.ts';

test('a low rate holds for less than a megabyte too', async () => {
  const time = new ManualTime(0);
  const throttle = new Throttle({ clock: time, timers: time }, 1000);
  expect(throttle.add(99)).toBe(false);
  expect(throttle.add(1)).toBe(true);
  let passed = false;
  const pause = throttle.pause().then(() => (passed = true));
  await time.turn();
  time.advance(99);
  await time.turn();
  expect(passed).toBe(false);
  time.advance(1);
  await pause;
  expect(passed).toBe(true);
});
