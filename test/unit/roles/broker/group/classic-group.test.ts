/** The classic protocol, step by step: who joins, who leads, who is told what. */
import { expect, test } from 'vitest';
import { ErrorCode } from '../../../../../src/roles/shared/error-code.ts';
import { GroupDriver } from '../../../../helpers/machine-driver.ts';

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);
const timeouts = { sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 20_000 };

function joinRequest(
  memberId: string,
  changes: Partial<{ instanceId: string; name: string }> = {},
) {
  return {
    groupId: 'g',
    ...timeouts,
    memberId,
    instanceId: changes.instanceId ?? null,
    protocolType: 'consumer',
    protocols: [{ name: changes.name ?? 'range', metadata: bytes(0, 1) }],
    reason: null,
  };
}

function syncRequest(memberId: string, generation: number, assignments: [string, number][] = []) {
  return {
    groupId: 'g',
    generation,
    memberId,
    instanceId: null,
    protocolType: 'consumer',
    protocolName: 'range',
    assignments: assignments.map(([id, value]) => ({ memberId: id, assignment: bytes(value) })),
  };
}

function beat(memberId: string, generation: number) {
  return { groupId: 'g', generation, memberId, instanceId: null };
}

/** A stable group of one; its member id. */
function stableGroup(driver: GroupDriver): string {
  const joining = driver.ask('joinGroup', 3, joinRequest(''));
  driver.wait(0);
  const { memberId } = joining.answer!;
  expect(driver.now('syncGroup', 5, syncRequest(memberId, 1, [[memberId, 7]])).error).toBe(0);
  return memberId;
}

test('KF-79 a new member learns its id first, leads alone, assigns, and is told its assignment', () => {
  const driver = new GroupDriver();
  const told = driver.now('joinGroup', 9, joinRequest(''));
  expect(told).toMatchObject({ error: ErrorCode.memberIdRequired, memberId: 'client-1' });
  const joining = driver.ask('joinGroup', 9, joinRequest('client-1'));
  driver.wait(0);
  expect(joining.answer).toMatchObject({
    error: 0,
    generation: 1,
    leader: 'client-1',
    protocolName: 'range',
    members: [{ memberId: 'client-1', metadata: bytes(0, 1) }],
  });
  const synced = driver.now('syncGroup', 5, syncRequest('client-1', 1, [['client-1', 7]]));
  expect(synced).toMatchObject({ error: 0, assignment: bytes(7) });
  expect(driver.now('heartbeat', 4, beat('client-1', 1)).error).toBe(0);
});

test('KF-80 KF-83 a newcomer makes the others rejoin, and followers wait for the leader', () => {
  const driver = new GroupDriver();
  const one = stableGroup(driver);
  const two = driver.ask('joinGroup', 3, joinRequest(''));
  expect(two.answer).toBeUndefined();
  expect(driver.now('heartbeat', 4, beat(one, 1)).error).toBe(ErrorCode.rebalanceInProgress);
  const again = driver.ask('joinGroup', 9, joinRequest(one));
  expect(again.answer).toMatchObject({ generation: 2, leader: one });
  expect(again.answer?.members).toHaveLength(2);
  expect(two.answer).toMatchObject({ generation: 2, leader: one, members: [] });
  const other = two.answer!.memberId;
  const follower = driver.ask('syncGroup', 5, syncRequest(other, 2));
  expect(follower.answer).toBeUndefined();
  const shares: [string, number][] = [
    [one, 1],
    [other, 2],
  ];
  expect(driver.now('syncGroup', 5, syncRequest(one, 2, shares)).assignment).toEqual(bytes(1));
  expect(follower.answer?.assignment).toEqual(bytes(2));
});

test('KF-85 a member that is silent for its timeout is out, and the rest goes on', () => {
  const driver = new GroupDriver();
  const one = stableGroup(driver);
  driver.wait(9000);
  expect(driver.now('heartbeat', 4, beat(one, 1)).error).toBe(0);
  driver.wait(9999);
  expect(driver.machine.state.group('g')?.members.state).toBe('Stable');
  driver.wait(2);
  expect(driver.machine.state.group('g')?.members.state).toBe('Empty');
  expect(driver.now('heartbeat', 4, beat(one, 1)).error).toBe(ErrorCode.unknownMemberId);
});

test('KF-82 a static member that returns keeps generation and assignment; its old id is fenced', () => {
  const driver = new GroupDriver();
  const joining = driver.ask('joinGroup', 9, joinRequest('', { instanceId: 'a' }));
  driver.wait(0);
  const old = joining.answer!.memberId;
  driver.now('syncGroup', 5, { ...syncRequest(old, 1, [[old, 7]]), instanceId: 'a' });
  const back = driver.now('joinGroup', 9, joinRequest('', { instanceId: 'a' }));
  expect(back).toMatchObject({ error: 0, generation: 1, skipAssignment: true });
  expect(back.memberId).not.toBe(old);
  const fenced = driver.now('heartbeat', 4, { ...beat(old, 1), instanceId: 'a' });
  expect(fenced.error).toBe(ErrorCode.fencedInstanceId);
  const synced = driver.now('syncGroup', 5, { ...syncRequest(back.memberId, 1), instanceId: 'a' });
  expect(synced.assignment).toEqual(bytes(7));
});

test('an assignment is told only when it is stored; a failed write begins a new rebalance', () => {
  const driver = new GroupDriver();
  const joining = driver.ask('joinGroup', 3, joinRequest(''));
  driver.wait(0);
  const { memberId } = joining.answer!;
  driver.outcome = undefined;
  const first = driver.ask('syncGroup', 5, syncRequest(memberId, 1, [[memberId, 7]]));
  expect(first.answer).toBeUndefined();
  driver.settle(ErrorCode.notCoordinator);
  expect(first.answer?.error).toBe(ErrorCode.notCoordinator);
  driver.outcome = ErrorCode.none;
  const again = driver.ask('joinGroup', 9, joinRequest(memberId));
  expect(again.answer?.generation).toBe(2);
});

test('a failed write of an assignment, when the log may be damaged, has the partition read again', () => {
  const driver = new GroupDriver();
  const joining = driver.ask('joinGroup', 3, joinRequest(''));
  driver.wait(0);
  const { memberId } = joining.answer!;
  driver.outcome = undefined;
  const synced = driver.ask('syncGroup', 5, syncRequest(memberId, 1, [[memberId, 7]]));
  driver.settle(ErrorCode.kafkaStorageError);
  expect(synced.answer?.error).toBe(ErrorCode.notCoordinator);
  expect(driver.reloads).toEqual([0]);
});

test('members of a generation that never ask for their assignment are put out', () => {
  const driver = new GroupDriver();
  const one = stableGroup(driver);
  const two = driver.ask('joinGroup', 3, joinRequest(''));
  driver.ask('joinGroup', 9, joinRequest(one));
  const other = two.answer!.memberId;
  driver.now('syncGroup', 5, syncRequest(one, 2, [[one, 1]]));
  for (let beats = 0; beats < 5; beats++) {
    driver.wait(5000);
    driver.ask('heartbeat', 4, beat(one, 2));
    driver.ask('heartbeat', 4, beat(other, 2));
  }
  const members = driver.machine.state.group('g')?.members;
  expect([...(members?.members.keys() ?? [])]).toEqual([one]);
});

test('the initial delay is waited for again while members keep coming', () => {
  const driver = new GroupDriver({ 'group.initial.rebalance.delay.ms': 3000 });
  const one = driver.ask('joinGroup', 3, joinRequest(''));
  driver.wait(2000);
  const two = driver.ask('joinGroup', 3, joinRequest(''));
  driver.wait(1000);
  expect([one.answer, two.answer]).toEqual([undefined, undefined]);
  driver.wait(3000);
  expect([one.answer?.generation, two.answer?.generation]).toEqual([1, 1]);
});

test.each([
  ['a timeout that is too short', { sessionTimeoutMs: 10 }, ErrorCode.invalidSessionTimeout],
  ['no group id', { groupId: '' }, ErrorCode.invalidGroupId],
  ['no protocol', { protocols: [] }, ErrorCode.inconsistentGroupProtocol],
  ['an id nobody gave out', { memberId: 'x' }, ErrorCode.unknownMemberId],
] as const)('a join with %s is refused', (_what, changes, error) => {
  const driver = new GroupDriver();
  const request = {
    ...joinRequest(''),
    ...changes,
    protocols: [...((changes as { protocols?: [] }).protocols ?? joinRequest('').protocols)],
  };
  expect(driver.now('joinGroup', 9, request).error).toBe(error);
});

test('a join with no protocol in common, and one too many, are refused', () => {
  const driver = new GroupDriver({ 'group.max.size': 1 });
  stableGroup(driver);
  expect(driver.now('joinGroup', 3, joinRequest('')).error).toBe(ErrorCode.groupMaxSizeReached);
  const roomy = new GroupDriver();
  stableGroup(roomy);
  const other = roomy.now('joinGroup', 3, joinRequest('', { name: 'sticky' }));
  expect(other.error).toBe(ErrorCode.inconsistentGroupProtocol);
});

test('requests of a stale generation, to a loading and to a foreign partition are told so', () => {
  const driver = new GroupDriver();
  const one = stableGroup(driver);
  expect(driver.now('heartbeat', 4, beat(one, 0)).error).toBe(ErrorCode.illegalGeneration);
  expect(driver.now('syncGroup', 5, syncRequest(one, 0)).error).toBe(ErrorCode.illegalGeneration);
  const partitions = [{ index: 0, offset: 1, leaderEpoch: -1, metadata: null }];
  const commit = driver.now('offsetCommit', 9, {
    groupId: 'g',
    generationOrEpoch: 0,
    memberId: one,
    instanceId: null,
    retentionMs: -1,
    topics: [{ name: 'orders', partitions }],
  });
  expect(commit.topics[0]?.partitions[0]?.error).toBe(ErrorCode.illegalGeneration);
  driver.feed({ kind: 22, partition: 0 });
  expect(driver.now('joinGroup', 9, joinRequest(one)).error).toBe(
    ErrorCode.coordinatorLoadInProgress,
  );
  driver.feed({ kind: 25, partition: 0 });
  expect(driver.now('joinGroup', 9, joinRequest(one)).error).toBe(ErrorCode.notCoordinator);
});
