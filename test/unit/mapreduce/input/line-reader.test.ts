import { expect, test } from 'vitest';
import { MemoryFileSystem } from '../../../../native-free-io/index.ts';
import { gzipCodec } from '../../../../native-free-io/index.ts';
import { openSupply } from '../../../../src/mapreduce/input/byte-supply.ts';
import { LineReader } from '../../../../src/mapreduce/input/line-reader.ts';
import { codeOf } from '../../../helpers/codes.ts';
import { utf8 } from '../../../helpers/hex.ts';
import { putFile } from '../../../helpers/jobs.ts';

type Line = readonly [position: number, text: string];

interface Split {
  readonly start: number;
  readonly end: number;
  readonly delimiter?: string | undefined;
  readonly bufferBytes?: number;
  readonly maxLineBytes?: number;
}

async function linesOf(fs: MemoryFileSystem, split: Split): Promise<Line[]> {
  const supply = openSupply(fs, '/f', { start: split.start });
  const { start, end, bufferBytes = 1 << 16, maxLineBytes } = split;
  const delimiter = split.delimiter === undefined ? undefined : utf8(split.delimiter);
  const reader = new LineReader(supply, { start, end, delimiter, bufferBytes, maxLineBytes });
  const lines: Line[] = [];
  for (
    let batch = await reader.nextBatch();
    batch !== undefined;
    batch = await reader.nextBatch()
  ) {
    for (let index = 0; index < batch.count; index++) {
      lines.push([batch.key(index), batch.value(index)]);
    }
  }
  await supply.close();
  return lines;
}

function fileOf(text: string): MemoryFileSystem {
  const fs = new MemoryFileSystem();
  putFile(fs, '/f', text);
  return fs;
}

test('MR-24 the key of a line is the byte it begins at, CRLF and CR end lines as LF does', async () => {
  expect(await linesOf(fileOf('ab\ncd\n'), { start: 0, end: 6 })).toEqual([
    [0, 'ab'],
    [3, 'cd'],
  ]);
  expect(await linesOf(fileOf('a\r\nb\rc\n\nd'), { start: 0, end: 9 })).toEqual([
    [0, 'a'],
    [3, 'b'],
    [5, 'c'],
    [7, ''],
    [8, 'd'],
  ]);
});

/** Delimiter and texts: the list of edge cases of the format notes, section 13. */
const texts: readonly { delimiter: string | undefined; text: string }[] = [
  ...['a\nbb\n\nccc\n', '\n\n\n', 'one line without an end', '', 'a\nb', '\r\n\r\n'].map(
    (text) => ({
      delimiter: undefined,
      text,
    }),
  ),
  { delimiter: undefined, text: 'a\rbb\r\nccc\n\rdd\r\r\ne\n\r\nf' },
  { delimiter: undefined, text: '\ufeffa\nb\n' },
  { delimiter: undefined, text: '\ufeff' },
  { delimiter: undefined, text: '\ufeff\nx' },
  { delimiter: '\n', text: 'a\rb\n\nc\r\n' },
  { delimiter: '\r', text: 'a\rb\n\r\rc' },
  { delimiter: '\r\n', text: 'a\r\nb\r\r\n\nc\r\n' },
  { delimiter: '|', text: 'a|b||c|' },
  { delimiter: '+', text: '++a+' },
  { delimiter: '|+|', text: 'a|+b|+||+|c|+|' },
  { delimiter: '+-', text: 'a+-b++-c+' },
  { delimiter: '\n+', text: 'a\n+b\n\n+c\n' },
  { delimiter: 'aab', text: 'xaaabyaabzaa' },
];

test.each(texts)(
  'MR-24 every split of $text at $delimiter gives each line once, for every buffer',
  async ({ text, delimiter }) => {
    const fs = fileOf(text);
    const size = utf8(text).length;
    const whole = await linesOf(fs, { start: 0, end: size, delimiter });
    const expected = text.replace(/^\ufeff/, '').split(delimiter ?? /\r\n|\r|\n/);
    if (expected.at(-1) === '') expected.pop();
    const bare = whole.map(([, line]) => line);
    // A mark alone is a file of one empty line.
    expect(bare).toEqual(text === '\ufeff' ? [''] : expected);
    for (const bufferBytes of [1, 2, 3, 7]) {
      for (let first = 1; first <= size; first++) {
        for (const step of [1, 3, size]) {
          const found: Line[] = await linesOf(fs, { start: 0, end: first, delimiter, bufferBytes });
          for (let start = first; start < size; start += step) {
            const end = Math.min(size, start + step);
            found.push(...(await linesOf(fs, { start, end, delimiter, bufferBytes })));
          }
          expect(found, `${first} ${step} ${bufferBytes}`).toEqual(whole);
        }
      }
    }
  },
);

test('a record that begins exactly at the end of a split belongs to that split', async () => {
  const fs = fileOf('ab\ncd\n');
  expect(await linesOf(fs, { start: 0, end: 3 })).toHaveLength(2);
  expect(await linesOf(fs, { start: 3, end: 6 })).toEqual([]);
});

test('with CR as the last byte of a split and LF after it, the next line is the later split’s', async () => {
  const fs = fileOf('ab\r\ncd\n');
  expect(await linesOf(fs, { start: 0, end: 3 })).toEqual([[0, 'ab']]);
  expect(await linesOf(fs, { start: 3, end: 7 })).toEqual([[4, 'cd']]);
});

test('a line over three splits is the first one’s', async () => {
  const fs = fileOf(`${'x'.repeat(20)}\nend\n`);
  expect(await linesOf(fs, { start: 0, end: 7 })).toEqual([[0, 'x'.repeat(20)]]);
  expect(await linesOf(fs, { start: 7, end: 14 })).toEqual([]);
  expect(await linesOf(fs, { start: 14, end: 25 })).toEqual([[21, 'end']]);
});

test('a line whose bytes with their end reach the limit is left out', async () => {
  const fs = fileOf('abc\nabcd\nab\n');
  const lines = await linesOf(fs, { start: 0, end: 12, maxLineBytes: 5 });
  expect(lines.map(([, line]) => line)).toEqual(['abc', 'ab']);
});

test('MAPREDUCE-6635: positions beyond 2^31 are kept whole', async () => {
  const far = 2 ** 31 + 5;
  const pieces = [utf8('\na\nb\n')];
  const supply = {
    bytesRead: 0,
    read(target: Uint8Array, start: number): number {
      const piece = pieces.pop();
      if (piece !== undefined) target.set(piece, start);
      return piece?.length ?? 0;
    },
    close: () => undefined,
  };
  const reader = new LineReader(supply, { start: far, end: far + 10 });
  const batch = await reader.nextBatch();
  expect([batch?.key(0), batch?.key(1)]).toEqual([far + 1, far + 3]);
});

test('a compressed file is read whole, and entering it in the middle is refused', async () => {
  const fs = new MemoryFileSystem();
  const text = 'a line of text\n'.repeat(500);
  putFile(fs, '/f.gz', gzipCodec.compressSync(utf8(text)));
  const supply = openSupply(fs, '/f.gz', { start: 0 });
  const reader = new LineReader(supply, { start: 0, end: Infinity, bufferBytes: 16 });
  let lines = 0;
  for (
    let batch = await reader.nextBatch();
    batch !== undefined;
    batch = await reader.nextBatch()
  ) {
    lines += batch.count;
  }
  await supply.close();
  expect(lines).toBe(500);
  expect(codeOf(() => openSupply(fs, '/f.gz', { start: 5 }))).toBe('MAPREDUCE_NOT_SPLITTABLE');
});
