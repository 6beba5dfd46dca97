/**
 * A room fits a reader: 400 lines, functions of 70 lines and four parameters, 100 columns.
 *
 * A room over the ceiling says why in one line of its header that begins with `Length:`. Old sins
 * stand in the lists below with the size they have; they may shrink, not grow.
 */
import { expect, test } from 'vitest';
import { functionsOf } from './functions.ts';
import { SourceFile, sourceFiles } from './source-files.ts';
import { told, type Excuses, type Violation } from './violations.ts';

const ceilings = { lines: 400, functionLines: 70, parameters: 4, columns: 100 };

/** Lines that a file may have beyond the ceiling. */
const oldSins: Readonly<Record<string, number>> = {
  'test/unit/log/partition-log.append.test.ts': 440,
  'test/unit/log/partition-log.cut.test.ts': 470,
  'test/unit/log/partition-log.open.test.ts': 680,
  'test/unit/log/partition-log.read.test.ts': 540,
  'test/unit/native-free-io/stream/send-region.test.ts': 430,
};

const longFunctions: Excuses = {
  'test/interop/kafka/fixture-scripts.ts': 'one list of scripts, no steps',
};

const ranges = 'hot: bytes are passed as (bytes, start, end), a view or an object costs more';
const manyParameters: Excuses = {
  'native-free-io/buffer/compare.ts': ranges,
  'native-free-io/buffer/gather.ts': ranges,
  'native-free-io/checksum/crc32c.ts': ranges,
  'native-free-io/kernel/assembly/crc32c.ts': 'values in registers; WebAssembly has no objects',
  'src/hadoop/writables/integers.ts': ranges,
  'src/hadoop/writables/floats.ts': ranges,
  'native-free-io/kernel/assembly/sort.ts': 'values in registers; WebAssembly has no objects',
  'src/mapreduce/functions/key-field-order.ts': ranges,
  'src/log/format/batch-verifier.ts': ranges,
  'src/lsm/memstore/cell-tree.ts':
    'hot: a slot is a row of columns, an object per insert costs more',
  'src/lsm/read/row-batch.ts': ranges,
  'src/lsm/files/data-block-builder.ts': ranges,
  'src/lsm/format/comparator.ts': ranges,
  'src/lsm/format/meta-comparator.ts': ranges,
  'test/interop/kafka/make-fixtures.ts': 'an old sin',
  'test/interop/kafka/same-answers.test.ts': 'a row of a table',
};

function tooLong(files: readonly SourceFile[]): Violation[] {
  return files
    .filter(({ header }) => !/(?:^|\. )Length:\s+\S/m.test(header))
    .filter(({ path, lines }) => lines.length > (oldSins[path] ?? ceilings.lines))
    .map(({ path, lines }) => ({
      path,
      what: `${lines.length} lines`,
      instead: `split it into rooms of one concept each, at most ${ceilings.lines} lines`,
    }));
}

function longOnes(files: readonly SourceFile[]): Violation[] {
  return functionsIn(files)
    .filter(({ lines, isSuite }) => lines > ceilings.functionLines && !isSuite)
    .map(({ path, line, name }) => ({
      path,
      line,
      what: `${name} is longer than ${ceilings.functionLines} lines`,
      instead: 'give its steps names',
    }));
}

function manyOnes(files: readonly SourceFile[]): Violation[] {
  return functionsIn(files)
    .filter(({ parameters }) => parameters > ceilings.parameters)
    .map(({ path, line, name, parameters }) => ({
      path,
      line,
      what: `${name} takes ${parameters} parameters`,
      instead: `take at most ${ceilings.parameters}, the rest in an object with names`,
    }));
}

const found = new Map<SourceFile, ReturnType<typeof functionsOf>>();

function functionsIn(files: readonly SourceFile[]) {
  return files.flatMap((file) => {
    const functions = found.get(file) ?? functionsOf(file.text, file.code);
    found.set(file, functions);
    return functions.map((one) => ({ path: file.path, ...one }));
  });
}

/** Of comments only: code is the formatter's. An address or a dump cannot be broken. */
function wideLines(files: readonly SourceFile[]): Violation[] {
  return files.flatMap(({ path, lines }) =>
    lines.flatMap((text, index) => {
      if (text.length <= ceilings.columns || !/^\s*(?:\/\*|\*|\/\/)/.test(text)) return [];
      if (text.split(/\s+/).some((word) => word.length > 60)) return [];
      return {
        path,
        line: index + 1,
        what: 'a comment is too wide',
        instead: `break it at ${ceilings.columns} columns; the formatter leaves comments alone`,
      };
    }),
  );
}

test('files stay under their ceiling', () => {
  expect(told(tooLong(sourceFiles()))).toEqual([]);
});

test('a file that came back under the ceiling is off the list of old sins', () => {
  const files = new Map(sourceFiles().map((file) => [file.path, file.lines.length]));
  const healed = Object.keys(oldSins).filter((path) => (files.get(path) ?? 0) <= ceilings.lines);
  expect(healed).toEqual([]);
});

test('functions fit a screen', () => {
  expect(told(longOnes(sourceFiles()), longFunctions)).toEqual([]);
});

test('functions take four parameters or fewer', () => {
  expect(told(manyOnes(sourceFiles()), manyParameters)).toEqual([]);
});

test('comments fit a hundred columns', () => {
  expect(told(wideLines(sourceFiles()))).toEqual([]);
});

test('planted lengths are told', () => {
  const long = new SourceFile('src/x.ts', '\n'.repeat(ceilings.lines + 2));
  const waived = new SourceFile('src/x.ts', `/**\n * Length: one table.\n */${long.text}`);
  expect(tooLong([long])).toHaveLength(1);
  expect(tooLong([waived])).toEqual([]);

  const body = `{\n${'  step();\n'.repeat(ceilings.functionLines)}}\n`;
  const functions = [
    `export async function save(a: { b: number }, c = (1 + 2)): Promise<{ d: string }> ${body}`,
    `class A {\n  #save(): void ${body}}`,
    `const save = async (a: string) => ${body}`,
    `run('it', async () => ${body});`,
  ].map((text) => new SourceFile('src/x.ts', text));
  for (const file of functions) expect(longOnes([file]), file.text).toHaveLength(1);
  const suite = new SourceFile('test/x.ts', `function suite() {\n  test(${body});\n}`);
  expect(longOnes([suite])).toEqual([]);

  const many = 'function f(a: Map<A, B>, b: [A, B], c: (x: A, y: B) => C, d = g(1, 2)';
  expect(manyOnes([new SourceFile('src/x.ts', `${many}) {}`)])).toEqual([]);
  expect(manyOnes([new SourceFile('src/x.ts', `${many}, e?: A) {}`)])).toHaveLength(1);

  const words = 'word '.repeat(30);
  expect(
    wideLines([new SourceFile('src/x.ts', `// ${words}\nconst a = '${words}';`)]),
  ).toHaveLength(1);
});
