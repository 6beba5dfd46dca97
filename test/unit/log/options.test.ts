import { describe, expect, test } from 'vitest';
import {
  isCompacted,
  isDeleting,
  logConfigNames,
  resolveLogConfig,
  unlimited,
} from '../../../src/log/options.ts';
import { codeOf } from '../../helpers/codes.ts';

const resolve = (name: string, value: unknown): Record<string, unknown> => ({
  ...resolveLogConfig({ [name]: value }),
});

describe('resolveLogConfig', () => {
  test('defaults are those of Apache Kafka', () => {
    expect(resolveLogConfig()).toEqual({
      'segment.bytes': 1073741824,
      'segment.ms': 604800000,
      'segment.jitter.ms': 0,
      'segment.index.bytes': 10485760,
      'index.interval.bytes': 4096,
      'retention.ms': 604800000,
      'retention.bytes': -1,
      'cleanup.policy': 'delete',
      'file.delete.delay.ms': 60000,
      'delete.retention.ms': 86400000,
      'min.cleanable.dirty.ratio': 0.5,
      'min.compaction.lag.ms': 0,
      'max.compaction.lag.ms': unlimited,
      'flush.messages': unlimited,
      'flush.ms': unlimited,
      'max.message.bytes': 1048588,
      'message.timestamp.type': 'CreateTime',
      'message.timestamp.before.max.ms': unlimited,
      'message.timestamp.after.max.ms': unlimited,
      'compression.type': 'producer',
      'compression.gzip.level': -1,
      'compression.lz4.level': 9,
      'compression.zstd.level': 3,
      preallocate: false,
    });
  });

  test('the result is frozen and names exactly the known settings', () => {
    const config = resolveLogConfig({ 'segment.bytes': 5000 });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.keys(config)).toEqual(logConfigNames);
  });

  test.each([
    ['segment.bytes', '2000', 2000],
    ['retention.ms', '-1', -1],
    ['flush.messages', '9223372036854775807', unlimited],
    ['flush.ms', Number.POSITIVE_INFINITY, unlimited],
    ['min.cleanable.dirty.ratio', '0.25', 0.25],
    ['preallocate', 'true', true],
    ['preallocate', false, false],
    ['cleanup.policy', 'compact,delete', 'compact,delete'],
    ['message.timestamp.type', 'LogAppendTime', 'LogAppendTime'],
  ])('%s takes %j as a configuration file would have it', (name, given, resolved) => {
    expect(resolve(name, given)[name]).toBe(resolved);
  });

  test('an undefined value is the default', () => {
    expect(resolve('segment.bytes', undefined)['segment.bytes']).toBe(1073741824);
  });

  test.each([
    ['segment.byte', 5000],
    ['segmentBytes', 5000],
    ['__proto__x', 1],
    ['toString', 1],
    ['segment.bytes', 13],
    ['segment.bytes', 2 ** 31],
    ['segment.bytes', 5000.5],
    ['segment.bytes', 'many'],
    ['segment.bytes', ''],
    ['segment.bytes', null],
    ['segment.bytes', true],
    ['segment.bytes', Number.NaN],
    ['segment.bytes', Number.POSITIVE_INFINITY],
    ['segment.ms', 0],
    ['segment.index.bytes', 3],
    ['index.interval.bytes', -1],
    ['retention.ms', -2],
    ['retention.bytes', -2],
    ['retention.ms', 2 ** 60],
    ['flush.messages', 0],
    ['max.compaction.lag.ms', 0],
    ['min.cleanable.dirty.ratio', 1.01],
    ['min.cleanable.dirty.ratio', -0.01],
    ['compression.gzip.level', 10],
    ['compression.gzip.level', 0],
    ['compression.gzip.level', -2],
    ['compression.lz4.level', 0],
    ['compression.lz4.level', 18],
    ['compression.zstd.level', 23],
    ['compression.type', 'none'],
    ['compression.type', 'brotli'],
    ['cleanup.policy', 'remove'],
    ['cleanup.policy', ''],
    ['cleanup.policy', 'delete,'],
    ['message.timestamp.type', 'createtime'],
    ['preallocate', 'yes'],
    ['preallocate', 1],
  ])('%s = %j is refused', (name, value) => {
    expect(codeOf(() => resolve(name, value))).toBe('OPTION_INVALID');
  });

  test('the message names setting, expectation and value', () => {
    expect(() => resolve('segment.bytes', 'many')).toThrow(
      /segment\.bytes: expected a whole number from \d+ to 2147483647, got many/,
    );
  });
});

test('the clean-up policy is read as a list', () => {
  const policy = (value: string) => {
    const config = resolveLogConfig({ 'cleanup.policy': value });
    return [isCompacted(config), isDeleting(config)];
  };
  expect(policy('delete')).toEqual([false, true]);
  expect(policy('compact')).toEqual([true, false]);
  expect(policy('compact, delete')).toEqual([true, true]);
});

test('a least compaction lag above the greatest is refused', () => {
  const lags = { 'min.compaction.lag.ms': 20, 'max.compaction.lag.ms': 10 };
  expect(() => resolveLogConfig(lags)).toThrow('at most max.compaction.lag.ms 10');
  expect(resolveLogConfig({ ...lags, 'min.compaction.lag.ms': 10 })).toMatchObject({
    'min.compaction.lag.ms': 10,
  });
});
