import { copyFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { InspectedFile, Problem } from '../../../src/log/index.ts';
import {
  KafkaFixture,
  kafkaFixtureNames,
  type FixtureVersion,
} from '../../fixtures/kafka/fixtures.ts';
import { segmentFile } from '../../helpers/log-world.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { numbers, partitionOf, varve } from './cli-world.ts';

const versions: readonly FixtureVersion[] = ['3.9.1', '4.3.1'];
/** Preallocated space ends the tool's listing with an error, and ours with a problem. */
const cases = versions
  .flatMap((version) => kafkaFixtureNames(version).map((name) => [version, name] as const))
  .filter(([, name]) => name !== 'killed-preallocated');

interface DumpedFile {
  readonly path: string;
  readonly lines: readonly string[];
  readonly problems: readonly Problem[];
}

function objects(out: string): DumpedFile[] {
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as DumpedFile);
}

describe('varve log dump', () => {
  it.each(cases)("prints %s %s line for line as Apache's tool did", async (version, name) => {
    using fixture = new KafkaFixture(version, name);
    // What the tool complained about on standard error follows after an empty line.
    const expected = fixture.dump().split('\n\n')[0]!.trimEnd();
    const { code, out, err } = await varve(['log', 'dump', fixture.dir]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.trimEnd()).toBe(expected);
    const json = await varve(['log', 'dump', fixture.dir, '--json']);
    const files = objects(json.out);
    expect(files.flatMap(({ lines }) => lines).join('\n')).toBe(expected);
    expect(files.flatMap(({ problems }) => problems)).toEqual([]);
  });

  it('prints batches only with --shallow, keys and values with --data', async () => {
    const dir = await partitionOf(['k:v', 'l:w'], ['--key-separator', ':']);
    const file = join(dir, segmentFile(0, 'log'));
    const shallow = await varve(['log', 'dump', file, '--shallow']);
    expect(shallow.out.split('\n').filter((line) => line.startsWith('| '))).toEqual([]);
    expect(shallow.out).toContain('baseOffset: 0 lastOffset: 1 count: 2 ');
    const { out } = await varve(['log', 'dump', file, '--data']);
    expect(out).toMatch(/^\| offset: 0 .* key: k payload: v$/m);
    expect(out).toMatch(/^\| offset: 1 .* key: l payload: w$/m);
  });

  it('ends a damaged file with its byte and reason, and goes on with the next', async () => {
    const dir = await partitionOf(numbers(1, 2000), ['--batch-records', '100']);
    const path = join(dir, segmentFile(0, 'log'));
    truncateSync(path, 5000);
    const { code, out } = await varve(['log', 'dump', dir]);
    expect(code).toBe(1);
    expect(out).toMatch(new RegExp(`^${path}: byte \\d+: \\d+ bytes of an incomplete batch$`, 'm'));
    expect(out).toContain(`Dumping ${segmentFile(0, 'timeindex')}`);
    const json = await varve(['log', 'dump', dir, '--json']);
    expect(json.code).toBe(1);
    const [index, log] = objects(json.out);
    expect(index).toMatchObject({ path: join(dir, segmentFile(0, 'index')), problems: [] });
    expect(log).toMatchObject({ path, problems: [{ path }] });
    expect(log!.lines[0]).toBe(`Dumping ${segmentFile(0, 'log')}`);
  });

  it('prints thousands of lines, also as one JSON object', async () => {
    const dir = await partitionOf(numbers(1, 3000));
    const file = join(dir, segmentFile(0, 'log'));
    const { out } = await varve(['log', 'dump', file]);
    expect(out.split('\n').filter((line) => line.startsWith('| offset: ')).length).toBe(3000);
    const [only, ...rest] = objects((await varve(['log', 'dump', file, '--json'])).out);
    expect(rest).toEqual([]);
    expect(only!.lines.join('\n')).toBe(out.trimEnd());
  });
});

describe('varve inspect', () => {
  it('recognises every file of a partition, in words and as JSON', async () => {
    using fixture = new KafkaFixture('4.3.1', 'transactions');
    const kinds: Record<string, string> = {
      log: 'Kafka log segment',
      index: 'Kafka offset index',
      timeindex: 'Kafka time index',
      txnindex: 'Kafka transaction index',
      snapshot: 'Kafka producer snapshot',
      metadata: 'Kafka partition metadata',
      'leader-epoch-checkpoint': 'Kafka checkpoint',
    };
    for (const name of readdirSync(fixture.dir)) {
      const kind = kinds[name.split('.').at(-1)!];
      const { code, out } = await varve(['inspect', join(fixture.dir, name)]);
      expect([name, code]).toEqual([name, 0]);
      expect(out.startsWith(`${kind}, `), name).toBe(true);
      const json = await varve(['inspect', join(fixture.dir, name), '--json']);
      expect(JSON.parse(json.out)).toMatchObject({ kind, problems: [], truncated: false });
    }
  });

  it('recognises batches under any name, and says what it does not know', async () => {
    const dir = await partitionOf(['a']);
    const folder = temporaryFolder();
    copyFileSync(join(dir, segmentFile(0, 'log')), join(folder, 'unnamed'));
    expect((await varve(['inspect', join(folder, 'unnamed')])).out).toContain(
      'Kafka record batches',
    );
    writeFileSync(join(folder, 'text'), 'hello');
    const { code, out } = await varve(['inspect', join(folder, 'text')]);
    expect({ code, out }).toEqual({ code: 1, out: 'not a file varve knows, 5 bytes\n' });
  });

  it('tells what a SequenceFile holds, compressed or not, and where it is damaged', async () => {
    const folder = join(import.meta.dirname, '../../fixtures/hadoop/3.4.1');
    for (const name of ['none', 'record', 'block']) {
      const { code, out } = await varve(['inspect', join(folder, `${name}.seq`), '--limit', '2']);
      expect(code).toBe(0);
      expect(out).toMatch(/^Hadoop SequenceFile, \d+ bytes\nversion 6\nkeys: org\.apache/);
      expect(out).toContain(`compression: ${name}`);
      expect(out).toContain('--limit N prints further ones');
    }
    const cut = join(temporaryFolder(), 'cut.seq');
    writeFileSync(cut, readFileSync(join(folder, 'none.seq')).subarray(0, 200));
    const { code, out } = await varve(['inspect', cut]);
    expect(code).toBe(1);
    expect(out).toContain(cut);
  });

  it('prints as many entries as asked for and says that there are more', async () => {
    const dir = await partitionOf(numbers(1, 500));
    const file = join(dir, segmentFile(0, 'log'));
    const { out } = await varve(['inspect', file, '--limit', '20']);
    expect(out.split('\n').length).toBe(1 + 20 + 1 + 1);
    expect(out).toContain('… and more: --limit N prints further ones');
    const json = await varve(['inspect', file, '--limit', '20', '--json']);
    const found = JSON.parse(json.out) as InspectedFile;
    expect([found.lines.length, found.truncated]).toEqual([20, true]);
  });

  it('exits with 1 and names file and byte of damage', async () => {
    const dir = await partitionOf(numbers(1, 500));
    const file = join(dir, segmentFile(0, 'log'));
    truncateSync(file, 100);
    const { code, out } = await varve(['inspect', file]);
    expect(code).toBe(1);
    expect(out).toContain(`${file}: byte 0: 100 bytes of an incomplete batch\n`);
  });
});
