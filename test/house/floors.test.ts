/**
 * Who may import whom: downward only, cores never see each other, format code stands alone.
 *
 * A type-only import counts like any other.
 */
import { expect, test } from 'vitest';
import { SourceFile, sourceFiles } from './source-files.ts';
import { told, type Violation } from './violations.ts';

/** Each part of the tree, and the parts it may import besides itself. The longest match counts. */
const floors: Readonly<Record<string, readonly string[]>> = {
  'native-free-io/kernel': ['native-free-io/errors.ts'],
  'native-free-io/buffer': ['native-free-io/errors.ts', 'native-free-io/kernel'],
  'native-free-io/checksum': ['native-free-io/errors.ts', 'native-free-io/kernel'],
  'native-free-io/codec': ['native-free-io/errors.ts', 'native-free-io/checksum'],
  'native-free-io/file': [
    'native-free-io/errors.ts',
    'native-free-io/error-codes.ts',
    'native-free-io/buffer',
  ],
  'native-free-io/errors.ts': [],
  'native-free-io/error-codes.ts': [],
  'native-free-io/index.ts': ['native-free-io'],
  'src/base': ['native-free-io'],
  'src/env': ['native-free-io', 'src/base'],
  'src/metadata': ['native-free-io', 'src/base'],
  'src/mapreduce': ['native-free-io', 'src/base', 'src/env', 'src/metadata', 'src/hadoop'],
  'src/hadoop': ['native-free-io', 'src/base'],
  'src/blocks/format': ['native-free-io', 'src/base'],
  'src/blocks': ['native-free-io', 'src/base', 'src/env', 'src/metadata', 'src/hadoop'],
  'src/log/format': ['native-free-io', 'src/base'],
  'src/log': ['native-free-io', 'src/base', 'src/env', 'src/metadata'],
  'src/lsm/format': ['native-free-io', 'src/base'],
  'src/lsm': ['native-free-io', 'src/base', 'src/env', 'src/metadata'],
  'src/adapters': [
    'native-free-io',
    'src/env',
    'src/hadoop',
    'src/blocks',
    'src/log',
    'src/lsm',
    'src/mapreduce',
  ],
  'src/level': ['native-free-io', 'src/lsm'],
  'src/cli': [
    'native-free-io',
    'src/base',
    'src/env',
    'src/hadoop',
    'src/log',
    'src/lsm',
    'src/mapreduce',
    'src/roles/broker',
    'src/blocks',
  ],
  'src/roles/shared': ['native-free-io', 'src/base'],
  'src/roles/transport': ['native-free-io', 'src/base'],
  'src/roles/broker/protocol': ['native-free-io', 'src/base'],
  'src/roles/broker': [
    'native-free-io',
    'src/base',
    'src/env',
    'src/log',
    'src/roles/shared',
    'src/roles/transport',
  ],
  'src/index.ts': ['native-free-io', 'src/log'],
  // Apache's jars are pinned and resolved in one place.
  bench: [
    'native-free-io',
    'src',
    'test/interop/jvm.ts',
    'test/interop/kafka/jars.ts',
    'test/interop/kafka/broker.ts',
    'test/interop/hadoop/jars.ts',
  ],
  scripts: [],
};

function violations(files: readonly SourceFile[]): Violation[] {
  return files
    .filter((file) => file.path.includes('/') && !file.isUnder('test'))
    .flatMap((file) => {
      const part = partOf(file.path);
      if (part === undefined) {
        return {
          path: file.path,
          what: 'this folder has no floor',
          instead: 'name in test/house/floors.test.ts what it may import',
        };
      }
      const allowed = [part, ...floors[part]!];
      return file.imports
        .filter(({ target }) => target !== undefined && !isWithin(target, allowed))
        .map(({ target, line }) => ({
          path: file.path,
          line,
          what: `${part} imports ${target}`,
          instead: `import only from ${allowed.join(', ')}; what a lower floor needs of a higher one is handed in`,
        }));
    });
}

function partOf(path: string): string | undefined {
  return Object.keys(floors)
    .filter((part) => isWithin(path, [part]))
    .toSorted((a, b) => b.length - a.length)[0];
}

function isWithin(path: string, parts: readonly string[]): boolean {
  return parts.some((part) => path === part || path.startsWith(`${part}/`));
}

test('every import goes to its own part or to a lower floor', () => {
  expect(told(violations(sourceFiles()))).toEqual([]);
});

test.each([
  ['src/base/x.ts', "import type { Env } from '../env/index.ts';"],
  ['src/log/format/x.ts', "import { Segment } from '../segment.ts';"],
  ['src/log/format/x.ts', "export * from '../../env/index.ts';"],
  ['native-free-io/file/x.ts', "import { invariant } from '../../src/base/index.ts';"],
  ['native-free-io/codec/x.ts', "const file = await import('../file/path.ts');"],
  ['src/log/x.ts', "import { toHex } from '../../test/helpers/hex.ts';"],
  ['src/log/x.ts', "const task = new URL('../cli/main.js', import.meta.url);"],
  ['src/elsewhere/x.ts', 'export {};'],
])('a planted import upwards in %s is told: %s', (path, text) => {
  expect(violations([new SourceFile(path, text)])).toHaveLength(1);
});
