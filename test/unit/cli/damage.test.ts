import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PartitionReport, Problem } from '../../../src/log/index.ts';
import { segmentFile } from '../../helpers/log-world.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { numbers, partitionOf, varve } from './cli-world.ts';

const lines = numbers(1, 1000);

/** Segments of about 4 KiB, batches of 10. */
function small(): Promise<string> {
  return partitionOf(lines, ['--batch-records', '10', '--config', 'segment.bytes=4096']);
}

interface Damaged {
  readonly dir: string;
  /** The segment with a flipped bit. */
  readonly path: string;
  /** First byte of the batch it lies in. */
  readonly position: number;
}

/** A bit flipped in the second batch of the segment in the middle. */
async function damaged(): Promise<Damaged> {
  const dir = await small();
  const segments = readdirSync(dir).filter((name) => name.endsWith('.log'));
  const path = join(dir, segments[Math.floor(segments.length / 2)]!);
  const bytes = readFileSync(path);
  const position = 12 + bytes.readInt32BE(8);
  bytes[position + 70]! ^= 1;
  writeFileSync(path, bytes);
  return { dir, path, position };
}

/** As after a crash: nobody vouches for the files. */
function unclean(dir: string): string {
  rmSync(join(dir, '.varve_checkpoint'), { force: true });
  return dir;
}

function contents(dir: string): Record<string, string> {
  const names = readdirSync(dir).filter((name) => !name.startsWith('.varve_'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(dir, name), 'base64')]));
}

describe('varve log verify', () => {
  it('says sound, with counts and offsets, in words and as JSON', async () => {
    const dir = await small();
    const { code, out, err } = await varve(['log', 'verify', dir]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /^sound: \d+ segments, 100 batches, 1,000 records, [\d.]+ kB, log start offset 0, log end offset 1000\n$/,
    );
    const json = await varve(['log', 'verify', dir, '--json', '--threads', '2']);
    expect(json.code).toBe(0);
    const report = JSON.parse(json.out) as PartitionReport;
    expect(report).toMatchObject({ dir, batches: 100, records: 1000, logStartOffset: 0 });
    expect(report.problems).toEqual([]);
    expect(report.segments[0]).toMatchObject({ baseOffset: 0, problems: [] });
  });

  it('exits with 1 and names file, byte and reason of damage', async () => {
    const { dir, path, position } = await damaged();
    const before = contents(dir);
    const { code, out } = await varve(['log', 'verify', dir]);
    expect(code).toBe(1);
    expect(out).toMatch(new RegExp(`^${path}: byte ${position}: .*checksum`));
    expect(out).toMatch(/^\d+ problems?: /m);
    const json = await varve(['log', 'verify', dir, '--json']);
    expect(json.code).toBe(1);
    const { problems } = JSON.parse(json.out) as { problems: Problem[] };
    expect(problems[0]).toMatchObject({ path, position });
    expect(contents(dir)).toEqual(before);
  });
});

describe('a damaged log', () => {
  it('is read up to the damage, which is told with exit code 1', async () => {
    const { dir, path, position } = await damaged();
    const clean = await varve(['log', 'cat', dir]);
    expect(clean.code).toBe(1);
    expect(clean.err).toContain(`${path} at byte ${position}`);
    expect(clean.err).toContain('[LOG_CORRUPT_BATCH]');
    for (const command of ['cat', 'offsets', 'tail']) {
      const { code, err } = await varve(['log', command, unclean(dir)]);
      expect(code).toBe(1);
      expect(err).toContain(`${path}: byte ${position}: `);
    }
    const { out } = await varve(['log', 'cat', dir]);
    expect(lines.join('\n').startsWith(out.trimEnd())).toBe(true);
    expect(out.length).toBeGreaterThan(1000);
  });

  it('is not opened for writing, because all behind the damage would be cut', async () => {
    const { dir, path, position } = await damaged();
    unclean(dir);
    const before = contents(dir);
    for (const command of [['append'], ['compact', '--yes'], ['truncate', '--to', '0', '--yes']]) {
      const { code, out, err } = await varve(['log', ...command, dir], { stdin: ['new\n'] });
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toContain(`${path} at byte ${position}`);
      expect(err).toContain(`would be lost: 'varve log repair ${dir} --copy DIR' comes first`);
      expect(contents(dir)).toEqual(before);
    }
  });

  it('with no more than a torn end is appended to, and what was cut is told', async () => {
    const dir = await partitionOf(lines, ['--batch-records', '10']);
    const path = join(dir, segmentFile(0, 'log'));
    truncateSync(path, readFileSync(path).length - 5);
    const { code, out, err } = await varve(['log', 'append', unclean(dir)], { stdin: ['new\n'] });
    expect(code).toBe(0);
    expect(out).toBe('1 record appended at offsets 990..990\n');
    expect(err).toMatch(/^note: \d+ bytes of an incomplete write at the end cut\n$/);
  });
});

describe('varve log repair', () => {
  it('without --copy or --yes only tells what is wrong', async () => {
    const { dir, path, position } = await damaged();
    const before = contents(dir);
    const { code, out } = await varve(['log', 'repair', dir]);
    expect(code).toBe(1);
    expect(out).toContain(`${path}: byte ${position}: `);
    expect(out).toContain('nothing was changed. --copy DIR repairs after copying, --yes without.');
    const json = await varve(['log', 'repair', dir, '--json']);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ dir, problems: [{ path, position }] });
    expect(contents(dir)).toEqual(before);
    const sound = await varve(['log', 'repair', await partitionOf(['a'])]);
    expect(sound).toEqual({ code: 0, out: 'sound: nothing to repair\n', err: '' });
  });

  it('copies every file before it cuts, and leaves a sound log', async () => {
    const { dir } = await damaged();
    const before = contents(dir);
    const copy = join(temporaryFolder(), 'copy');
    const { code, out } = await varve(['log', 'repair', dir, '--copy', copy]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /damaged bytes cut, \d+ later segments? removed; log start offset 0, log en/,
    );
    expect(contents(copy)).toEqual(before);
    expect(readdirSync(copy)).toContain('.varve_checkpoint');
    expect((await varve(['log', 'verify', dir])).code).toBe(0);
    const { out: values } = await varve(['log', 'cat', dir]);
    expect(lines.join('\n').startsWith(values.trimEnd())).toBe(true);
    expect((await varve(['log', 'append', dir], { stdin: ['new\n'] })).code).toBe(0);
  });

  it('repairs without a copy when told so, and reports as JSON', async () => {
    const { dir } = await damaged();
    const { code, out } = await varve(['log', 'repair', dir, '--yes', '--json']);
    expect(code).toBe(0);
    const report = JSON.parse(out) as Record<string, number>;
    expect(report).toMatchObject({ logStartOffset: 0 });
    expect(report['truncatedBytes']).toBeGreaterThan(0);
    expect(report['deletedSegments']).toBeGreaterThan(0);
    expect((await varve(['log', 'verify', dir])).code).toBe(0);
  });

  it('changes nothing when the copy has no place or a setting is wrong', async () => {
    const { dir } = await damaged();
    const before = contents(dir);
    const full = temporaryFolder();
    writeFileSync(join(full, 'notes.txt'), 'mine');
    const wrong: readonly [flags: readonly string[], message: string][] = [
      [['--copy', full], '--copy: '],
      [['--copy', dir], '--copy: '],
      [['--copy', join(dir, 'copy')], '--copy: '],
      [['--copy='], '--copy: expected a directory'],
      [['--yes', '--config', 'segment.bytes=1'], '--config: segment.bytes: expected'],
    ];
    for (const [flags, message] of wrong) {
      for (const command of ['repair', 'reindex']) {
        if (command === 'reindex' && flags[0] === '--yes') continue;
        const { code, err } = await varve(['log', command, dir, ...flags]);
        expect(code, err).toBe(2);
        expect(err).toContain(message);
        expect(contents(dir)).toEqual(before);
      }
    }
    expect(readdirSync(full)).toEqual(['notes.txt']);
  });
});

describe('varve log reindex', () => {
  it('builds the same indexes from the batches, after a copy if asked', async () => {
    const dir = await small();
    const before = contents(dir);
    writeFileSync(join(dir, segmentFile(0, 'index')), 'rubbish!');
    const spoiled = contents(dir);
    expect((await varve(['log', 'verify', dir])).code).toBe(1);
    const copy = join(temporaryFolder(), 'copy');
    const { code, out } = await varve(['log', 'reindex', dir, '--copy', copy, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ truncatedBytes: 0, deletedSegments: 0 });
    expect(contents(copy)).toEqual(spoiled);
    expect((await varve(['log', 'verify', dir])).code).toBe(0);
    const logs = Object.keys(before).filter((name) => name.endsWith('.log'));
    for (const name of logs) expect(contents(dir)[name]).toBe(before[name]);
  });

  it('leaves a log alone whose batches are damaged', async () => {
    const { dir, path, position } = await damaged();
    const before = contents(dir);
    const { code, err } = await varve(['log', 'reindex', dir]);
    expect(code).toBe(1);
    expect(err).toContain(`repair comes first (${path} at byte ${position}) [LOG_CORRUPT_BATCH]`);
    expect(contents(dir)).toEqual(before);
  });
});
