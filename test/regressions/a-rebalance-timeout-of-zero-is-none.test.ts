/**
 * kafkajs's own tests join with a rebalance timeout of 0, and so the phase in which members ask for
 * their assignments was over before it began: whether the member was still known a moment later was
 * a matter of luck.
 */
import { expect, test } from 'vitest';
import { GroupDriver } from '../helpers/machine-driver.ts';

test('a member that names no rebalance timeout has session.timeout.ms for both', () => {
  const driver = new GroupDriver();
  const joining = driver.ask('joinGroup', 3, {
    groupId: 'g',
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 0,
    memberId: '',
    instanceId: null,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: new Uint8Array([0, 1]) }],
    reason: null,
  });
  driver.wait(0);
  const { memberId, generation } = joining.answer!;
  driver.wait(5000);
  const synced = driver.now('syncGroup', 3, {
    groupId: 'g',
    generation,
    memberId,
    instanceId: null,
    protocolType: null,
    protocolName: null,
    assignments: [{ memberId, assignment: new Uint8Array([7]) }],
  });
  expect(synced.error).toBe(0);
});
