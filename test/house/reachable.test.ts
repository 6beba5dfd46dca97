/**
 * Every room is reached from a door, a command, or a program that is started by name; what only its
 * own test imports is dead.
 */
import { expect, test } from 'vitest';
import {
  packageEntries,
  productFolders,
  readText,
  SourceFile,
  sourceFiles,
} from './source-files.ts';
import { told, type Violation } from './violations.ts';

/** What a tool starts by name, with where it is named. */
const programs: Readonly<Record<string, string>> = {
  'native-free-io/kernel/assembly/crc32c.ts': 'native-free-io/kernel/crc32c.wasm.ts',
  'native-free-io/kernel/assembly/sort.ts': 'native-free-io/kernel/sort.wasm.ts',
  'scripts/build-kernels.mjs': 'package.json',
  'scripts/build-cli.mjs': 'package.json',
  'scripts/build-protocol.mjs': 'package.json',
  'bench/run.ts': 'package.json',
  'bench/micro/index.ts': 'package.json',
  'test/interop/kafka/make-fixtures.ts': 'test/interop/kafka/make-fixtures.sh',
  'test/interop/kafka-groups/make-fixtures.ts': 'test/interop/kafka-groups/make-fixtures.sh',
  'test/interop/hbase/make-fixtures.ts': 'test/interop/hbase/make-fixtures.sh',
  'test/interop/hadoop/make-fixtures.ts': 'test/interop/hadoop/make-fixtures.sh',
  'test/interop/hadoop/make-hdfs-fixtures.ts': 'test/interop/hadoop/make-fixtures.sh',
  'test/helpers/job-modules/words.mjs': 'test/helpers/jobs.ts',
  'test/helpers/job-modules/odd.mjs': 'test/unit/mapreduce/job/rules.test.ts',
  'test/crash/job-child.mjs': 'test/crash/jobs-killed.crash.ts',
  'test/crash/cursor-committer.mjs': 'test/crash/cursors.crash.ts',
  'test/interop/kafka/killed-writer.mjs': 'test/interop/kafka/recovered-by-us.test.ts',
  'test/interop/kafka-groups/served-broker.mjs': 'test/interop/kafka-groups/exactly-once.test.ts',
  'test/interop/kafka-clients/kafkajs-suite/serve.mjs':
    'test/interop/kafka-clients/kafkajs-suite/run.mjs',
  'test/interop/kafka-clients/kafkajs-suite/docker.mjs':
    'test/interop/kafka-clients/kafkajs-suite/run.mjs',
};

/** What a person starts: the header tells the command, `node …/name.js`. */
function isCommand({ path, header }: SourceFile): boolean {
  return header.includes(path.replace(/\.ts$/, '.js'));
}

const testRooms = /^test\/.*\.(?:test|prop|golden|crash|sim)\.ts$/;

function violations(files: readonly SourceFile[], entries: readonly string[]): Violation[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set<string>();
  const waiting = [...entries];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    for (const { target } of byPath.get(path)?.imports ?? []) {
      if (target !== undefined) waiting.push(target);
    }
  }
  return files
    .filter(({ path }) => !reached.has(path))
    .map(({ path }) => ({
      path,
      what: 'nothing that is in use leads to this room',
      instead: 'list it in a door, import it, or delete it',
    }));
}

test('every room of the product is reached from what package.json names', () => {
  const { doors, commands } = packageEntries();
  const product = sourceFiles().filter((file) => file.isUnder(...productFolders));
  const own = Object.keys(programs).filter((path) => /^(?:native-free-io|src)\//.test(path));
  expect(told(violations(product, [...doors, ...commands, ...own]))).toEqual([]);
});

test('every room of tests, benchmarks and scripts is reached from a test or a program', () => {
  const files = sourceFiles();
  // What the settings of tools at the root name, vitest's set-up for one.
  const settings = files
    .filter(({ path }) => !path.includes('/'))
    .map(({ text }) => text)
    .join('\n');
  const entries = files
    .filter((file) => testRooms.test(file.path) || isCommand(file) || settings.includes(file.path))
    .map(({ path }) => path);
  const others = files.filter(
    (file) => file.path.includes('/') && !file.isUnder(...productFolders),
  );
  expect(told(violations(others, [...entries, ...Object.keys(programs)]))).toEqual([]);
});

test('every program exists, and its starter names it', () => {
  for (const [path, starter] of Object.entries(programs)) {
    const name = path.replace(/^.*\//, '').replace(/\.ts$/, '');
    expect(readText(starter), `${starter} should name ${path}`).toContain(name);
    expect(readText(path).length).toBeGreaterThan(0);
  }
});

test('a planted room that only a test imports is told', () => {
  const door = new SourceFile('src/index.ts', "export { a } from './a.ts';");
  const a = new SourceFile('src/a.ts', "const task = new URL('./worker.js', import.meta.url);");
  const worker = new SourceFile('src/worker.ts', 'export {};');
  const dead = new SourceFile('src/dead.ts', "import { a } from './a.ts';");
  const found = violations([door, a, worker, dead], ['src/index.ts']);
  expect(found.map(({ path }) => path)).toEqual(['src/dead.ts']);
});
