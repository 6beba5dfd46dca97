/** No import cycles, not even of types alone; the tables of bytes and codes import nothing. */
import { expect, test } from 'vitest';
import { SourceFile, sourceFiles } from './source-files.ts';
import { told, type Violation } from './violations.ts';

const importNothing = /\/(?:layout|error-codes)\.ts$/;

function violations(files: readonly SourceFile[]): Violation[] {
  return cycles(files).map((cycle) => ({
    path: cycle[0]!,
    what: `imports itself: ${[...cycle, cycle[0]!].join(' -> ')}`,
    instead: 'move what both need into a third room below them, or hand it in',
  }));
}

/** One cycle per strongly connected group of rooms, found by a walk that remembers its way. */
function cycles(files: readonly SourceFile[]): string[][] {
  // A worker's module is started, not imported: what it names of its caller is no cycle.
  const targets = new Map(
    files.map((file) => [
      file.path,
      file.imports.flatMap(({ target, form }) =>
        target === undefined || form === 'url' ? [] : [target],
      ),
    ]),
  );
  const found: string[][] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const walk = (path: string): void => {
    const begins = way.indexOf(path);
    if (begins >= 0) found.push(way.slice(begins));
    if (begins >= 0 || done.has(path)) return;
    way.push(path);
    for (const target of targets.get(path) ?? []) walk(target);
    way.pop();
    done.add(path);
  };
  for (const file of files) walk(file.path);
  return found;
}

test('no room imports itself by way of others', () => {
  expect(told(violations(sourceFiles()))).toEqual([]);
});

test('tables of bytes and codes import nothing', () => {
  const found = sourceFiles()
    .filter(({ path, imports }) => importNothing.test(path) && imports.length > 0)
    .map(({ path }) => ({
      path,
      what: 'a table imports something',
      instead: 'keep constants only; whoever needs both imports both',
    }));
  expect(told(found)).toEqual([]);
});

test('planted cycles are told, also of types alone', () => {
  const a = new SourceFile('src/a.ts', "import type { B } from './b.ts';");
  const b = new SourceFile('src/b.ts', "import { c } from './c.ts';");
  const c = new SourceFile('src/c.ts', "export { type A } from './a.ts';");
  expect(violations([a, b])).toEqual([]);
  expect(violations([a, b, c]).map(({ what }) => what)).toEqual([
    'imports itself: src/a.ts -> src/b.ts -> src/c.ts -> src/a.ts',
  ]);
});
