import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PartitionLog } from '../../../src/log/index.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { numbers, varve } from './cli-world.ts';

/** Two text files in name order, one of them below; a binary and a file of another kind beside. */
function texts(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'below'));
  writeFileSync(join(folder, 'a.txt'), 'one\n\ntwo');
  writeFileSync(join(folder, 'below', 'b.md'), `${numbers(1, 3000).join('\n')}\n`);
  writeFileSync(join(folder, 'c.txt'), Uint8Array.of(1, 0, 2));
  writeFileSync(join(folder, 'd.bin'), 'text\n');
  return folder;
}
const lines = ['one', '', 'two', ...numbers(1, 3000)];
const digest = createHash('sha256')
  .update(lines.map((line) => `${line}\n`).join(''))
  .digest('hex');

describe('varve quickstart', () => {
  it('stores each line of the text as a record, reads them back and verifies', async () => {
    const source = texts();
    const dir = join(temporaryFolder(), 'it is', 'lines-0');
    const { code, out, err } = await varve(['quickstart', source, '--dir', dir]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`2 text files from ${source}, each line a record\n`);
    expect(out).toMatch(/^append, then sync +3,003 /m);
    expect(out).toMatch(/^read from the start +3,003 /m);
    expect(out).toMatch(/^read from 1,501 +1,502 /m);
    expect(out).toContain(
      `sound: 1 segment, 5 checksums; sha256 ${digest.slice(0, 16)}… in and out`,
    );
    expect(out).toContain(`  npx varve log cat '${dir}' --from 1501 --count 5\n`);
    const { out: read } = await varve(['log', 'cat', dir]);
    expect(read).toBe(lines.map((line) => `${line}\n`).join(''));
  });

  it('reports as JSON, and takes one file, also an empty one', async () => {
    const source = texts();
    const dir = join(temporaryFolder(), 'lines-0');
    const { code, out } = await varve(['quickstart', source, '--dir', dir, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      dir,
      source,
      files: 2,
      appended: { records: 3003, digest },
      read: { records: 3003, digest },
      readFromMiddle: { records: 1502 },
      verified: { records: 3003, problems: [] },
      same: true,
    });
    const empty = join(temporaryFolder(), 'empty.txt');
    writeFileSync(empty, '');
    const none = await varve(['quickstart', empty, '--dir', `${dir}1`]);
    expect(none.code).toBe(0);
    expect(none.out).toMatch(/^sound: 1 segment, 0 checksums/m);
    expect(none.out).not.toMatch(/NaN|Infinity/);
  });

  it('stops at the input bytes it is allowed', async () => {
    const dir = join(temporaryFolder(), 'lines-0');
    const { out } = await varve([
      'quickstart',
      texts(),
      '--dir',
      dir,
      '--json',
      '--max-bytes',
      '5',
    ]);
    expect(JSON.parse(out)).toMatchObject({ files: 1, appended: { records: 3 } });
  });

  it('refuses a folder without text, a path that is missing, and a target that is in use', async () => {
    const none = temporaryFolder();
    const target = join(temporaryFolder(), 'lines-0');
    const refused = await varve(['quickstart', none, '--dir', target]);
    expect([refused.code, refused.err]).toEqual([
      2,
      expect.stringContaining(`no text files in ${none}`),
    ]);
    const missing = await varve(['quickstart', join(none, 'x'), '--dir', target]);
    expect([missing.code, missing.err]).toEqual([
      1,
      expect.stringContaining('no such file or dir'),
    ]);
    expect(existsSync(target)).toBe(false);
    writeFileSync(join(none, 'notes'), 'mine');
    const used = await varve(['quickstart', texts(), '--dir', none]);
    expect([used.code, used.err]).toEqual([
      2,
      expect.stringContaining(`--dir: ${none} is not empty`),
    ]);
    expect(readdirSync(none)).toEqual(['notes']);
  });

  it('empties its own directory before the next run, unless somebody writes there', async () => {
    const before = process.cwd();
    const source = texts();
    process.chdir(temporaryFolder());
    try {
      for (let round = 0; round < 2; round++) {
        const { code, out } = await varve(['quickstart', source, '--json']);
        expect(code).toBe(0);
        expect(JSON.parse(out)).toMatchObject({ dir: 'data/quickstart/lines-0', read: { digest } });
      }
      await using writer = await PartitionLog.open({ dir: 'data/quickstart/lines-0' });
      const { code, err } = await varve(['quickstart', source]);
      expect([code, err]).toEqual([1, expect.stringContaining('[IO_LOCKED]')]);
      expect(writer.logEndOffset).toBe(3003);
    } finally {
      process.chdir(before);
    }
  });

  it('ends at Ctrl-C in the midst of the work, with a clean line on a terminal', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'large.txt'), 'line\n'.repeat(1_000_000));
    const interrupt = new AbortController();
    const dir = join(folder, 'lines-0');
    const { code, out, err } = await varve(['quickstart', folder, '--dir', dir], {
      signal: interrupt.signal,
      isTerminal: true,
      // With the first bar, as a signal comes: in another turn of the event loop.
      onWriteError: () => setImmediate(() => interrupt.abort()),
    });
    expect({ code, out }).toEqual({ code: 130, out: '' });
    const { out: offsets } = await varve(['log', 'offsets', dir, '--json']);
    const { logEndOffset } = JSON.parse(offsets) as { logEndOffset: number };
    expect(logEndOffset).toBeGreaterThan(0);
    expect(logEndOffset).toBeLessThan(1_000_000);
    expect(err.endsWith('\r\u001b[K')).toBe(true);
  });
});
