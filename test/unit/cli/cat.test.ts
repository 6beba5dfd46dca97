import { describe, expect, it } from 'vitest';
import { PartitionLog } from '../../../src/log/index.ts';
import { KafkaFixture } from '../../fixtures/kafka/fixtures.ts';
import { numbers, partitionOf, varve } from './cli-world.ts';

const hundred = (): Promise<string> => partitionOf(numbers(0, 99), ['--batch-records', '7']);
const lines = (values: readonly string[]): string => values.map((value) => `${value}\n`).join('');

async function printed(args: readonly string[]): Promise<string> {
  const { code, out, err } = await varve(args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
}

describe('varve log cat', () => {
  it('prints all values, or those asked for, from inside a batch too', async () => {
    const dir = await hundred();
    expect(await printed(['log', 'cat', dir])).toBe(lines(numbers(0, 99)));
    expect(await printed(['log', 'cat', dir, '--from', '90'])).toBe(lines(numbers(90, 99)));
    expect(await printed(['log', 'cat', dir, '--from', '10', '--count', '8'])).toBe(
      lines(numbers(10, 17)),
    );
    expect(await printed(['log', 'cat', dir, '--count', '0'])).toBe('');
    expect(await printed(['log', 'cat', dir, '--from', '100'])).toBe('');
  });

  it('names the flag and the bounds when the offset lies outside', async () => {
    const dir = await hundred();
    for (const command of ['cat', 'tail']) {
      const { code, err } = await varve(['log', command, dir, '--from', '101']);
      expect(code).toBe(2);
      expect(err).toContain('--from: offset 101 lies outside the log, 0..100');
    }
  });

  it('prints keys, and every field with --json', async () => {
    const dir = await partitionOf([]);
    const log = await PartitionLog.open({ dir });
    const headers = [{ key: 'h', value: 'x' }];
    await log.append([
      { key: 'k', value: 'v', headers, timestamp: 5 },
      { key: null, value: null },
    ]);
    await log.close();
    expect(await printed(['log', 'cat', dir, '--keys'])).toBe('k\tv\n\t\n');
    const [first, second] = (await printed(['log', 'cat', dir, '--json'])).split('\n');
    expect(JSON.parse(first!)).toEqual({
      offset: 0,
      timestamp: 5,
      key: 'aw==',
      value: 'dg==',
      headers: [{ key: 'h', value: 'eA==' }],
    });
    expect(JSON.parse(second!)).toMatchObject({ offset: 1, key: null, value: null, headers: [] });
  });

  it('prints values larger than its own buffer in their place', async () => {
    const large = 'x'.repeat(600_000);
    const dir = await partitionOf(['a', large, 'b']);
    expect(await printed(['log', 'cat', dir])).toBe(lines(['a', large, 'b']));
  });

  it.each(['3.9.1', '4.3.1'] as const)('prints what a consumer of %s got', async (version) => {
    using fixture = new KafkaFixture(version, 'transactions');
    const values = (records: readonly { value: string | null }[]): string =>
      lines(records.map(({ value }) => Buffer.from(value ?? '', 'base64').toString()));
    expect(await printed(['log', 'cat', fixture.dir])).toBe(values(fixture.records()));
    expect(await printed(['log', 'cat', fixture.dir, '--read-committed'])).toBe(
      values(fixture.committedRecords()),
    );
  });
});

describe('varve log tail', () => {
  it('prints the last ten, or as many as asked for', async () => {
    const dir = await hundred();
    expect(await printed(['log', 'tail', dir])).toBe(lines(numbers(90, 99)));
    expect(await printed(['log', 'tail', dir, '-n', '3'])).toBe(lines(numbers(97, 99)));
    expect(await printed(['log', 'tail', dir, '-n', '0'])).toBe('');
    expect(await printed(['log', 'tail', dir, '-n', '1000'])).toBe(lines(numbers(0, 99)));
    expect(await printed(['log', 'tail', dir, '-n3', '--count', '2'])).toBe(lines(numbers(97, 98)));
    expect(await printed(['log', 'tail', dir, '--from', '95'])).toBe(lines(numbers(95, 99)));
    const { code, err } = await varve(['log', 'tail', dir, '-n', '3', '--from', '95']);
    expect([code, err]).toEqual([2, expect.stringContaining('one of --lines and --from')]);
  });

  it('counts records where compaction left holes between offsets', async () => {
    using fixture = new KafkaFixture('4.3.1', 'compacted');
    const records = fixture.records();
    const offsets = async (count: number): Promise<number[]> =>
      (await printed(['log', 'tail', fixture.dir, '-n', String(count), '--json']))
        .split('\n')
        .slice(0, -1)
        .map((line) => (JSON.parse(line) as { offset: number }).offset);
    expect(records.at(-1)!.offset - records[0]!.offset).toBeGreaterThan(records.length);
    for (let count = 1; count <= records.length + 1; count++) {
      expect(await offsets(count)).toEqual(records.slice(-count).map(({ offset }) => offset));
    }
  });

  it('follows what another appends, until it has as many as asked for', async () => {
    const dir = await hundred();
    let log: PartitionLog | undefined;
    const seen: string[] = [];
    const append = async (): Promise<void> => {
      log ??= await PartitionLog.open({ dir });
      await log.append([{ value: `new ${log.logEndOffset}` }]);
    };
    try {
      const { code, out } = await varve(['log', 'tail', dir, '-f', '-n', '2', '--count', '4'], {
        onWrite: (text) => {
          seen.push(text);
          void append();
        },
      });
      expect({ code, out }).toEqual({ code: 0, out: '98\n99\nnew 100\nnew 101\n' });
      expect(seen).toEqual(['98\n99\n', 'new 100\n', 'new 101\n']);
    } finally {
      await log?.close();
    }
  });

  it('ends in order when it is interrupted while it follows', async () => {
    const dir = await hundred();
    const interrupt = new AbortController();
    const { code, out, err } = await varve(['log', 'tail', dir, '-f', '-n1'], {
      signal: interrupt.signal,
      onWrite: () => interrupt.abort(),
    });
    expect({ code, out, err }).toEqual({ code: 0, out: '99\n', err: '' });
  });
});
