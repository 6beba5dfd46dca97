import { expect, test } from 'vitest';
import {
  EffectKind,
  type CancelTimer,
  type SetTimer,
} from '../../../../src/roles/shared/effect.ts';
import { Outbox } from '../../../../src/roles/shared/outbox.ts';
import { TimerTable } from '../../../../src/roles/shared/timer-table.ts';

test('a deadline that moves later touches no timer, one that moves earlier does', () => {
  const out = new Outbox<SetTimer | CancelTimer>();
  const table = new TimerTable<string>();
  table.schedule('a', 100, 'first', out);
  expect(out.take()).toEqual([{ kind: EffectKind.setTimer, timer: 1, atMs: 100 }]);
  table.schedule('a', 300, 'second', out);
  expect(out.take()).toEqual([]);
  expect(table.fire(1, 100, out)).toBeUndefined();
  expect(out.take()).toEqual([{ kind: EffectKind.setTimer, timer: 1, atMs: 300 }]);
  table.schedule('a', 200, 'third', out);
  expect(out.take()).toEqual([{ kind: EffectKind.setTimer, timer: 1, atMs: 200 }]);
  expect(table.fire(1, 200, out)).toBe('third');
  expect(table.size).toBe(0);
});

test('what was cancelled does not fire', () => {
  const out = new Outbox<SetTimer | CancelTimer>();
  const table = new TimerTable<string>();
  table.schedule('a', 100, 'a', out);
  table.schedule('b', 100, 'b', out);
  table.cancel('a', out);
  table.cancelWhere((payload) => payload === 'b', out);
  expect(table.fire(1, 100, out)).toBeUndefined();
  expect(table.fire(2, 100, out)).toBeUndefined();
});
