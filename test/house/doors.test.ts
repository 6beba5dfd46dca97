/**
 * From outside a folder only its door (`index.ts`) is imported, and a door lists every name by
 * hand.
 *
 * Tests may look into any room, and so may the benches of small pieces; the others measure what
 * users have.
 */
import { expect, test } from 'vitest';
import { packageEntries, SourceFile, sourceFiles } from './source-files.ts';
import { told, type Violation } from './violations.ts';

/** Folders with a door: what stands in them is reached from outside through `index.ts` alone. */
const withDoor = [
  'native-free-io',
  'src/base',
  'src/blocks',
  'src/env',
  'src/adapters',
  'src/hadoop',
  'src/metadata',
  'src/log',
  'src/lsm',
  'src/level',
  'src/mapreduce',
  'src/roles/broker',
  'src/roles/transport',
];

const excuses = {
  'bench/macro/checksum.ts':
    'the plain loop, no promise to users, is what the kernel is measured against',
};

function pastTheDoor(files: readonly SourceFile[]): Violation[] {
  return files
    .filter((file) => !file.isUnder('test') && !file.isUnder('bench/micro'))
    .flatMap((file) =>
      file.imports.flatMap(({ target, line }) => {
        const folder = withDoor.find((one) => target?.startsWith(`${one}/`) === true);
        if (folder === undefined || file.isUnder(folder) || target === `${folder}/index.ts`) {
          return [];
        }
        return {
          path: file.path,
          line,
          what: `reaches past the door for ${target}`,
          instead: `import from ${folder}/index.ts, and list the name there if the outside needs it`,
        };
      }),
    );
}

function starExports(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) =>
    [...file.code.matchAll(/\bexport\s+(?:type\s+)?\*/g)].map(() => ({
      path: file.path,
      what: 'exports everything of another room',
      instead: 'list the names by hand: what stands in a door is promised to users',
    })),
  );
}

function unlisted(doors: readonly string[], files: readonly SourceFile[]): Violation[] {
  const paths = new Set(files.map(({ path }) => path));
  return doors
    .filter((door) => !paths.has(door) || !door.endsWith('/index.ts'))
    .map((path) => ({
      path,
      what: 'package.json exports it, but it is no door',
      instead: 'export an index.ts that exists',
    }));
}

test('from outside a folder only its door is imported', () => {
  expect(told(pastTheDoor(sourceFiles()), excuses)).toEqual([]);
});

test('no room exports all of another', () => {
  expect(told(starExports(sourceFiles()))).toEqual([]);
});

test('what package.json exports are doors, and every folder with a door exists', () => {
  const files = sourceFiles();
  expect(told(unlisted(packageEntries().doors, files))).toEqual([]);
  expect(
    told(
      unlisted(
        withDoor.map((folder) => `${folder}/index.ts`),
        files,
      ),
    ),
  ).toEqual([]);
});

test('a planted way past a door, star export and missing door are told', () => {
  const inside = new SourceFile('src/cli/x.ts', "import { a } from '../log/segment.ts';");
  const compiled = new SourceFile('bench/x.mjs', "import { a } from '../dist/src/log/read.js';");
  const fine = new SourceFile('src/cli/x.ts', "import { a } from '../log/index.ts';");
  expect(pastTheDoor([inside, compiled, fine])).toHaveLength(2);
  expect(starExports([new SourceFile('src/x.ts', "export * from './log/index.ts';")])).toHaveLength(
    1,
  );
  expect(starExports([new SourceFile('src/x.ts', "export type * from './a.ts';")])).toHaveLength(1);
  expect(unlisted(['src/log/segment.ts', 'src/none/index.ts'], sourceFiles())).toHaveLength(2);
});
