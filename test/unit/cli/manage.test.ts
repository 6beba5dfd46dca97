import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PartitionLog } from '../../../src/log/index.ts';
import { KafkaFixture } from '../../fixtures/kafka/fixtures.ts';
import { newPartition, numbers, partitionOf, varve } from './cli-world.ts';

async function cat(dir: string, ...flags: string[]): Promise<string> {
  return (await varve(['log', 'cat', dir, ...flags])).out;
}

const keyed = ['--key-separator', ':', '--batch-records', '2'];

describe('varve log compact', () => {
  it('keeps the last record of each key, the newest segment included with --roll', async () => {
    const dir = await partitionOf(['a:1', 'b:1', 'a:2', 'b:2', 'a:3', 'c:1'], keyed);
    const idle = await varve(['log', 'compact', dir]);
    expect(idle).toEqual({
      code: 0,
      out: 'nothing to compact; --roll includes the newest segment\n',
      err: '',
    });
    const { code, out, err } = await varve(['log', 'compact', dir, '--roll']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^6 records read, 3 kept; \d+ bytes became \d+ bytes in 1 segment\n$/);
    expect(await cat(dir, '--keys')).toBe('b\t2\na\t3\nc\t1\n');
    expect((await varve(['log', 'verify', dir])).code).toBe(0);
    const again = await varve(['log', 'compact', dir, '--roll', '--json']);
    expect(JSON.parse(again.out)).toMatchObject({ done: false });
  });

  it('asks before it drops records without a key', async () => {
    const dir = await partitionOf(['a', 'b']);
    const names = readdirSync(dir).filter((name) => name.endsWith('.log'));
    const { code, err } = await varve(['log', 'compact', dir, '--roll']);
    expect(code).toBe(2);
    expect(err).toContain(
      'records without a key would be dropped, and offset 0 has none: add --yes',
    );
    expect(readdirSync(dir).filter((name) => name.endsWith('.log'))).toEqual(names);
    expect(await cat(dir)).toBe('a\nb\n');
    const { out } = await varve(['log', 'compact', dir, '--roll', '--yes', '--json']);
    expect(JSON.parse(out)).toMatchObject({ done: true, recordsRead: 2, recordsKept: 0 });
    expect(await cat(dir)).toBe('');
  });
});

describe('varve log truncate', () => {
  const tens = (): Promise<string> => partitionOf(numbers(0, 99), ['--batch-records', '10']);

  it('removes what lies at and above an offset, only with --yes', async () => {
    const dir = await tens();
    const asked = await varve(['log', 'truncate', dir, '--to', '50']);
    expect([asked.code, asked.err]).toEqual([2, expect.stringContaining('add --yes')]);
    expect(await cat(dir)).toBe(`${numbers(0, 99).join('\n')}\n`);
    const { code, out } = await varve(['log', 'truncate', dir, '--to', '50', '--yes']);
    expect({ code, out }).toEqual({ code: 0, out: 'log start offset 0, log end offset 50\n' });
    expect(await cat(dir)).toBe(`${numbers(0, 49).join('\n')}\n`);
  });

  it('refuses an offset inside a batch, which would take records below it along', async () => {
    const dir = await tens();
    const { code, err } = await varve(['log', 'truncate', dir, '--to', '55', '--yes']);
    expect(code).toBe(2);
    expect(err).toContain('--to: 55 lies inside the batch 50..59');
    expect(err).toContain('give 50 or 60');
    expect(await cat(dir)).toBe(`${numbers(0, 99).join('\n')}\n`);
  });

  it('moves the log start with --before, and reports as JSON', async () => {
    const dir = await tens();
    const { code, out } = await varve([
      'log',
      'truncate',
      dir,
      '--before',
      '95',
      '--yes',
      '--json',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ logStartOffset: 95, logEndOffset: 100 });
    expect(await cat(dir)).toBe(`${numbers(95, 99).join('\n')}\n`);
    const early = await varve(['log', 'cat', dir, '--from', '94']);
    expect([early.code, early.err]).toEqual([2, expect.stringContaining('--from: offset 94 lies')]);
  });

  it('wants one of --to and --before, within the log', async () => {
    const dir = await tens();
    for (const flags of [[], ['--to', '1', '--before', '1']]) {
      const { code, err } = await varve(['log', 'truncate', dir, '--yes', ...flags]);
      expect([code, err]).toEqual([2, expect.stringContaining('give one of --to and --before')]);
    }
    for (const flag of ['--to', '--before']) {
      const { code, err } = await varve(['log', 'truncate', dir, '--yes', flag, '101']);
      expect([code, err]).toEqual([2, expect.stringContaining(`${flag}: offset 101 lies outside`)]);
    }
  });
});

describe('varve log offsets', () => {
  it('tells where a log starts and ends, in words and as JSON', async () => {
    using fixture = new KafkaFixture('4.3.1', 'transaction-open');
    const { earliest, latest, latestStable } = fixture.case.offsets;
    const { code, out } = await varve(['log', 'offsets', fixture.dir]);
    expect(code).toBe(0);
    expect(out).toContain(`log start offset    ${earliest}\n`);
    expect(out).toContain(`last stable offset  ${latestStable}\n`);
    expect(out).toContain(`log end offset      ${latest}\n`);
    const json = await varve(['log', 'offsets', fixture.dir, '--json']);
    expect(JSON.parse(json.out)).toMatchObject({
      logStartOffset: earliest,
      lastStableOffset: latestStable,
      logEndOffset: latest,
      segmentCount: 1,
    });
  });

  it('finds the first record at or after a time', async () => {
    const dir = newPartition();
    const log = await PartitionLog.open({ dir });
    for (const timestamp of [1000, 2000, 3000]) await log.append([{ value: 'v', timestamp }]);
    await log.close();
    const at = (time: string, ...flags: string[]): Promise<{ code: number; out: string }> =>
      varve(['log', 'offsets', dir, '--time', time, ...flags]);
    expect(await at('1500')).toMatchObject({ code: 0, out: '1\t2000\n' });
    expect(JSON.parse((await at('3000', '--json')).out)).toMatchObject({
      offset: 2,
      timestamp: 3000,
    });
    expect(await at('3001')).toMatchObject({ code: 0, out: 'no record at or after that time\n' });
    expect((await at('3001', '--json')).out).toBe('null\n');
  });
});
