/** Jobs of programs, in the forms of Hadoop Streaming. */
import { describe, expect, test } from 'vitest';
import { KeyValueTextInput, NLineInput, type JobOptions } from '../../../../src/mapreduce/index.ts';
import { codeOfPromise } from '../../../helpers/codes.ts';
import { readText, runInline, treeOf, withInput, wordsModule } from '../../../helpers/jobs.ts';

const cat = { command: 'cat' };

/** Parts of a job of commands over two small files. */
async function partsOf(options: Partial<JobOptions>, settings: Record<string, string> = {}) {
  const fs = withInput({ a: 'b\t2\nc\nb\t10\n', b: 'a\t1' });
  const all = { map: cat, reduce: cat, types: {}, partNames: 'old', settings, ...options } as const;
  const job = await runInline(fs, all);
  const names = treeOf(fs, '/out').filter((name) => name.startsWith('part-'));
  return { job, parts: names.map((name) => readText(fs, `/out/${name}`)), names };
}

const everywhere = (form: string): Record<string, string> =>
  Object.fromEntries(
    ['map.input', 'map.output', 'reduce.input', 'reduce.output'].map((end) => [
      `stream.${end}`,
      form,
    ]),
  );

describe('forms', () => {
  test('text: lines in, keys and values out, parts as Hadoop Streaming names them', async () => {
    const { parts, names } = await partsOf({});
    expect(names).toEqual(['part-00000']);
    expect(parts).toEqual(['a\t1\nb\t2\nb\t10\nc\t\n']);
  });

  test('raw bytes: positions and lines as Writables, which sort as bytes', async () => {
    const { parts } = await partsOf({}, everywhere('rawbytes'));
    expect(parts[0]!.split('\n')[0]).toMatch(/^00 00 00 00 00 00 00 00\t03 6[12] 09 3[12]$/);
    expect(parts[0]!.split('\n').length).toBe(5);
  });

  test('typed bytes: positions as numbers, lines as strings', async () => {
    const { parts } = await partsOf({ map: cat }, everywhere('typedbytes'));
    expect(parts[0]!.split('\n').sort()).toEqual(['', '0\ta\t1', '0\tb\t2', '4\tc', '6\tb\t10']);
  });

  test('keys alone: nothing after the key', async () => {
    const { parts } = await partsOf({ reducers: 0 }, everywhere('keyonlytext'));
    expect(parts).toEqual(['0\n4\n6\n', '0\n']);
  });

  test('a command gets the keys of all inputs but text, unless told otherwise', async () => {
    const input = KeyValueTextInput('/in/a');
    expect((await partsOf({ input, reducers: 0 })).parts).toEqual(['b\t2\nc\t\nb\t10\n']);
    const byLines = NLineInput('/in/a', { lines: 9 });
    expect((await partsOf({ input: byLines, reducers: 0 })).parts).toEqual([
      '0\tb\t2\n4\tc\n6\tb\t10\n',
    ]);
    const settings = { 'stream.map.input.ignoreKey': 'true' };
    expect((await partsOf({ input, reducers: 0 }, settings)).parts).toEqual(['2\t\n\t\n10\t\n']);
  });

  test('functions take what commands put out as strings, where types say text', async () => {
    const text = { mapKey: 'text', mapValue: 'text', key: 'text', value: 'text' } as const;
    // Strings are put together where numbers would be added up.
    const { parts } = await partsOf({ types: text, reduce: wordsModule });
    expect(parts).toEqual(['a\t01\nb\t0210\nc\t0\n']);
  });
});

describe('keys by fields', () => {
  test('parts by the first field, ordered by the second as numbers', async () => {
    const { parts } = await partsOf(
      { partition: 'keyField', compare: 'keyField', reducers: 2 },
      {
        'stream.num.map.output.key.fields': '2',
        'mapreduce.partition.keypartitioner.options': '-k1,1',
        'mapreduce.partition.keycomparator.options': '-k1,1 -k2,2nr',
      },
    );
    expect(parts).toEqual(['b\t10\t\nb\t2\t\n', 'a\t1\t\nc\t\n']);
  });
});

describe('refusals', () => {
  test.each<[string, Partial<JobOptions>]>([
    ['numbers of a command of text', { types: { mapValue: 'long' } }],
    ['a combiner of another form', { combine: cat, settings: { 'stream.map.output': 'rawbytes' } }],
    ['an unknown form', { settings: { 'stream.map.output': 'xml' } }],
  ])('%s', async (_, options) => {
    expect(await codeOfPromise(partsOf(options, options.settings as never))).toBe('OPTION_INVALID');
  });

  test('a command that ends within a record fails its task', async () => {
    const map = { command: 'head -c 3' };
    const { code, context } = await partsOf({ map, maxAttempts: 1 }, everywhere('rawbytes')).then(
      () => expect.unreachable('it failed'),
      (error: unknown) => error as { code: string; context: Record<string, unknown> },
    );
    expect([code, context['reason']]).toEqual([
      'MAPREDUCE_TASK_FAILED',
      'MAPREDUCE_COMMAND_FAILED',
    ]);
  });

  test('an exit code that is no failure is none', async () => {
    const map = { command: `sh -c "cat; exit 3"` };
    expect(await codeOfPromise(partsOf({ map, maxAttempts: 1 }))).toBe('MAPREDUCE_TASK_FAILED');
    const fine = { 'stream.non.zero.exit.is.failure': 'false' };
    expect((await partsOf({ map }, fine)).parts).toEqual(['a\t1\nb\t2\nb\t10\nc\t\n']);
  });
});

test('reports on standard error count, by the prefix that is set', async () => {
  const script = `cat; echo 'reporter:counter:g,n,2' >&2; echo 'mine:counter: g,m,+3 ' >&2`;
  const map = { command: `sh -c "${script}"` };
  const { job } = await partsOf({ map });
  expect([job.counters.get('g', 'n'), job.counters.get('g', 'm')]).toEqual([4, 0]);
  const own = await partsOf({ map }, { 'stream.stderr.reporter.prefix': 'mine:' });
  expect([own.job.counters.get('g', 'n'), own.job.counters.get('g', 'm')]).toEqual([0, 6]);
});
