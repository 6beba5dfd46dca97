/** Offsets of groups: committed, fetched, pending in transactions, deleted, expired, loaded. */
import { expect, test } from 'vitest';
import { ErrorCode } from '../../../../../src/roles/shared/error-code.ts';
import { GroupInputKind } from '../../../../../src/roles/broker/group/messages.ts';
import { GroupDriver } from '../../../../helpers/machine-driver.ts';

const dayMs = 86_400_000;

function commitRequest(offset: number, changes: { metadata?: string; topic?: string } = {}) {
  return {
    groupId: 'g',
    generationOrEpoch: -1,
    memberId: '',
    instanceId: null,
    retentionMs: -1,
    topics: [
      {
        name: changes.topic ?? 'orders',
        partitions: [{ index: 0, offset, leaderEpoch: 3, metadata: changes.metadata ?? 'm' }],
      },
    ],
  };
}

function fetched(driver: GroupDriver, requireStable = false) {
  const groups = [{ groupId: 'g', memberId: null, memberEpoch: -1, topics: null }];
  const request = { groupId: '', topics: null, groups, requireStable };
  return driver
    .now('offsetFetch', 9, request)
    .groups[0]!.topics.flatMap(({ partitions }) => partitions);
}

function commitInTransaction(driver: GroupDriver, offset: number) {
  const { groupId, topics } = commitRequest(offset);
  return driver.now('txnOffsetCommit', 3, {
    transactionalId: 't',
    groupId,
    producerId: 5,
    producerEpoch: 0,
    generation: -1,
    memberId: '',
    instanceId: null,
    topics,
  }).topics[0]!.partitions[0]!.error;
}

test('an offset comes back as it was committed; what was not committed is -1', () => {
  const driver = new GroupDriver();
  expect(fetched(driver)).toEqual([]);
  expect(driver.now('offsetCommit', 9, commitRequest(7)).topics[0]?.partitions[0]?.error).toBe(0);
  expect(fetched(driver)).toEqual([
    { index: 0, offset: 7, leaderEpoch: 3, metadata: 'm', error: 0 },
  ]);
});

test.each([
  ['metadata that is too long', { metadata: 'x'.repeat(5000) }, ErrorCode.offsetMetadataTooLarge],
  ['a topic there is not', { topic: 'nowhere' }, ErrorCode.unknownTopicOrPartition],
] as const)('a commit with %s is refused for that partition', (_what, changes, error) => {
  const driver = new GroupDriver();
  const answer = driver.now('offsetCommit', 9, commitRequest(1, changes));
  expect(answer.topics[0]?.partitions[0]?.error).toBe(error);
  expect(driver.writes).toEqual([]);
});

test('offsets of a transaction are unstable until its end, and gone when it aborts', () => {
  const driver = new GroupDriver();
  driver.now('offsetCommit', 9, commitRequest(1));
  expect(commitInTransaction(driver, 9)).toBe(0);
  expect(fetched(driver)[0]?.offset).toBe(1);
  expect(fetched(driver, true)[0]?.error).toBe(ErrorCode.unstableOffsetCommit);
  const kind = GroupInputKind.transactionEnded;
  driver.feed({ kind, partition: 0, producerId: 5, committed: false });
  expect(fetched(driver, true)[0]).toMatchObject({ offset: 1, error: 0 });
  commitInTransaction(driver, 10);
  driver.feed({ kind, partition: 0, producerId: 5, committed: true });
  expect(fetched(driver, true)[0]?.offset).toBe(10);
});

test('a commit after the pending one of a transaction stays when that commits', () => {
  const driver = new GroupDriver();
  commitInTransaction(driver, 9);
  driver.now('offsetCommit', 9, commitRequest(20));
  driver.feed({
    kind: GroupInputKind.transactionEnded,
    partition: 0,
    producerId: 5,
    committed: true,
  });
  expect(fetched(driver)[0]?.offset).toBe(20);
});

test('offsets that the log refused never show', () => {
  const driver = new GroupDriver();
  driver.outcome = ErrorCode.invalidProducerEpoch;
  expect(commitInTransaction(driver, 9)).toBe(ErrorCode.invalidProducerEpoch);
  expect(fetched(driver, true)).toEqual([]);
});

test('an answer waits for the write, and a failed write drops what is known of the partition', () => {
  const driver = new GroupDriver();
  driver.outcome = undefined;
  driver.ask('offsetCommit', 9, commitRequest(7));
  driver.settle(ErrorCode.kafkaStorageError);
  const asked = driver.now('offsetFetch', 9, {
    groupId: '',
    topics: null,
    groups: [{ groupId: 'g', memberId: null, memberEpoch: -1, topics: null }],
    requireStable: false,
  });
  expect(asked.groups[0]?.error).toBe(ErrorCode.notCoordinator);
});

test('offsets expire after the retention, and with the last one the group', () => {
  const driver = new GroupDriver();
  driver.now('offsetCommit', 9, commitRequest(7));
  driver.wait(7 * dayMs - 1_200_000);
  expect(fetched(driver)).toHaveLength(1);
  driver.wait(1_800_001);
  expect(fetched(driver)).toEqual([]);
  expect(driver.machine.state.group('g')).toBeUndefined();
  const last = driver.writes.at(-1)?.records.at(-1);
  expect(last).toMatchObject({ type: 2, value: null });
});

test('offsets of a deleted topic go, and a deleted group leaves nothing', () => {
  const driver = new GroupDriver();
  driver.now('offsetCommit', 9, commitRequest(7));
  driver.feed({ kind: GroupInputKind.topics, topics: [], deleted: ['orders'] });
  expect(fetched(driver)).toEqual([]);
  expect(driver.now('deleteGroups', 2, { groups: ['g', 'h'] }).results).toEqual([
    { groupId: 'g', error: 0 },
    { groupId: 'h', error: ErrorCode.groupIdNotFound },
  ]);
});

test('what was written is what is loaded', () => {
  const driver = new GroupDriver();
  driver.now('offsetCommit', 9, commitRequest(7));
  commitInTransaction(driver, 9);
  const loaded = new GroupDriver();
  loaded.feed({ kind: GroupInputKind.loadBegin, partition: 0 });
  for (const { records, producer } of driver.writes) {
    const batch = { producerId: producer?.producerId ?? -1, ended: undefined, records };
    loaded.feed({ kind: GroupInputKind.loadBatch, partition: 0, batch });
  }
  loaded.feed({
    kind: GroupInputKind.loadBatch,
    partition: 0,
    batch: { producerId: 5, ended: 'commit', records: [] },
  });
  loaded.feed({ kind: GroupInputKind.loadEnd, partition: 0 });
  expect(fetched(loaded)[0]?.offset).toBe(9);
});
