import { describe, expect, test } from 'vitest';
import {
  assertTopicName,
  classifyFileName,
  logFileName,
  offsetIndexFileName,
  parsePartitionDirectoryName,
  parseSnapshotFileName,
  partitionDirectoryName,
  snapshotFileName,
  timeIndexFileName,
  transactionIndexFileName,
} from '../../../src/log/file-names.ts';
import { codeOf } from '../../helpers/codes.ts';

describe('files of a segment', () => {
  test('KF-30: names are twenty digits, zero padded', () => {
    expect([
      logFileName(0),
      offsetIndexFileName(10),
      timeIndexFileName(9_007_199_254_740_991),
      transactionIndexFileName(7),
      snapshotFileName(1),
    ]).toEqual([
      '00000000000000000000.log',
      '00000000000000000010.index',
      '00009007199254740991.timeindex',
      '00000000000000000007.txnindex',
      '00000000000000000001.snapshot',
    ]);
  });

  test('every type and suffix is recognised', () => {
    for (const type of ['log', 'index', 'timeindex', 'txnindex', 'snapshot'] as const) {
      for (const suffix of ['', '.cleaned', '.swap', '.deleted'] as const) {
        const name = `00000000000000000042.${type}${suffix}`;
        expect(classifyFileName(name)).toEqual({ type, offset: 42, suffix });
      }
    }
    expect(parseSnapshotFileName('00000000000000000042.snapshot')).toBe(42);
    expect(parseSnapshotFileName('00000000000000000042.snapshot.deleted')).toBeUndefined();
    expect(parseSnapshotFileName('00000000000000000042.log')).toBeUndefined();
  });

  test.each([
    'leader-epoch-checkpoint',
    'partition.metadata',
    '42.log',
    '000000000000000000042.log',
    '0000000000000000004x.log',
    '-0000000000000000042.log',
    '00000000000000000042.log.tmp',
    '00000000000000000042.checkpoint',
    '00000000000000000042',
    '99999999999999999999.log',
  ])('%s is none of them', (name) => {
    expect(classifyFileName(name)).toBeUndefined();
  });
});

describe('partition directories', () => {
  test('KF-27: a topic of three partitions has three directories, numbered from 0', () => {
    expect([0, 1, 2].map((partition) => partitionDirectoryName({ topic: 'orders', partition }))) //
      .toEqual(['orders-0', 'orders-1', 'orders-2']);
  });

  test.each([
    ['orders-0', 'orders', 0],
    ['a.b-c-12', 'a.b-c', 12],
    ['-0', undefined, undefined],
    ['x-2147483647', 'x', 2147483647],
    ['x-2147483648', undefined, undefined],
    ['x', undefined, undefined],
    ['x-', undefined, undefined],
    ['x-1a', undefined, undefined],
    ['--1', '-', 1],
    ['.-3', '.', 3],
  ])('%s', (name, topic, partition) => {
    const parsed = parsePartitionDirectoryName(name);
    if (topic === undefined) expect(parsed).toBeUndefined();
    else expect(parsed).toEqual({ topic, partition, role: 'replica' });
  });

  test.each(['delete', 'future', 'stray'] as const)('the role %s is told by the ending', (role) => {
    const id = '0123456789abcdef0123456789abcdef';
    expect(parsePartitionDirectoryName(`a.b-c-7.${id}-${role}`)).toEqual({
      topic: 'a.b-c',
      partition: 7,
      role,
    });
  });

  test('a topic that merely ends like a role is a topic', () => {
    expect(parsePartitionDirectoryName('to-delete-0')).toEqual({
      topic: 'to-delete',
      partition: 0,
      role: 'replica',
    });
  });

  test.each(['', '.', '..', 'a/b', 'a b', 'é', 'x'.repeat(250), 'a:b', 'a\0'])(
    '%j is no topic name',
    (topic) => {
      expect(codeOf(() => assertTopicName(topic))).toBe('LOG_NAME_INVALID');
      expect(codeOf(() => partitionDirectoryName({ topic, partition: 0 }))).toBe(
        'LOG_NAME_INVALID',
      );
    },
  );

  test.each(['a', '...', 'A.b_c-9', 'x'.repeat(249)])('%s is a topic name', (topic) => {
    expect(codeOf(() => assertTopicName(topic))).toBe('nothing thrown');
  });

  test.each([-1, 1.5, 2 ** 31, Number.NaN])('%d is no partition number', (partition) => {
    expect(codeOf(() => partitionDirectoryName({ topic: 't', partition }))).toBe(
      'LOG_NAME_INVALID',
    );
  });
});
