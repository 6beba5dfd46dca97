/**
 * Every runtime dependency is imported by the rooms that may, and nothing else is imported.
 *
 * A new dependency needs a decision record and a line here.
 */
import { expect, test } from 'vitest';
import { packageJson, productFiles, SourceFile } from './source-files.ts';
import { told, type Violation } from './violations.ts';

/** The rooms that import it, exactly. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  '@toondepauw/node-zstd': ['native-free-io/codec/libraries.ts'],
  'abstract-level': ['src/level/level-iterator.ts', 'src/level/varve-level.ts'],
  lmdb: ['src/metadata/lmdb-library.ts'],
  'lz4-napi': ['native-free-io/codec/libraries.ts'],
  snappy: ['native-free-io/codec/libraries.ts'],
  'xxhash-wasm': ['native-free-io/checksum/xxhash.ts'],
  piscina: ['src/env/worker-pool.ts'],
};

function violations(files: readonly SourceFile[], declared: readonly string[]): Violation[] {
  const found: Violation[] = [];
  const users = new Map<string, Set<string>>(declared.map((name) => [name, new Set()]));
  for (const file of files) {
    for (const { specifier, line } of file.imports) {
      if (/^(?:\.|node:)/.test(specifier)) continue;
      const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)![0];
      users.get(name)?.add(file.path);
      if (rooms[name]?.includes(file.path) === true) continue;
      found.push({
        path: file.path,
        line,
        what: `imports ${name}`,
        instead: `use the room that wraps it (${rooms[name]?.join(', ') ?? 'none: see the header'})`,
      });
    }
  }
  for (const [name, paths] of users) {
    const missing = (rooms[name] ?? ['a room']).filter((room) => !paths.has(room));
    for (const room of missing) {
      found.push({
        path: 'package.json',
        what: `${name} is a dependency that ${room} does not import`,
        instead: 'remove it from dependencies, or name its room in test/house/dependencies.test.ts',
      });
    }
  }
  return found;
}

test('runtime dependencies are imported by exactly the rooms that may', () => {
  expect(told(violations(productFiles(), Object.keys(packageJson().dependencies)))).toEqual([]);
});

test('every library with a room is a runtime dependency', () => {
  expect(Object.keys(rooms).toSorted()).toEqual(Object.keys(packageJson().dependencies).toSorted());
});

test('planted imports and dependencies are told', () => {
  const other = new SourceFile('src/log/x.ts', "import type { XXHashAPI } from 'xxhash-wasm';");
  const required = new SourceFile(
    'src/log/y.ts',
    "const load = createRequire(import.meta.url);\nload('snappy');",
  );
  const bare = new SourceFile('src/log/z.ts', "import fs from 'fs';");
  expect(violations([other, required, bare], []).map(({ what }) => what)).toEqual([
    'imports xxhash-wasm',
    'imports snappy',
    'imports fs',
  ]);
  expect(violations([], ['lz4-napi', 'left-pad'])).toHaveLength(2);
});
