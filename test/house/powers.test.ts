/**
 * One room per outside power: files, clock, timers, randomness, threads, compression, the process.
 *
 * Whoever reaches the world past its room cannot be run on a simulated disk with a simulated clock.
 */
import { expect, test } from 'vitest';
import { productFiles, SourceFile } from './source-files.ts';
import { lineAt } from './scan-text.ts';
import { told, type Violation } from './violations.ts';

interface Power {
  readonly what: string;
  /** Modules that give it. */
  readonly modules?: RegExp;
  /** Globals that give it. */
  readonly globals?: RegExp;
  readonly rooms: readonly string[];
  readonly instead: string;
}

const timersInstead = 'take clock and timers from the Env, or hand them in';

const powers: readonly Power[] = [
  {
    what: 'files',
    modules: /^node:fs(?:\/promises)?$/,
    rooms: ['native-free-io/file/node-fs.ts'],
    instead: 'take a FileSystem',
  },
  {
    what: 'sockets and other processes',
    modules: /^node:(?:net|tls|dgram|http2?|https|child_process|cluster)$/,
    rooms: ['src/roles/transport/tcp.ts', 'src/env/child-process.ts'],
    instead: 'take a Peer of src/roles/transport; commands run through src/env',
  },
  {
    what: 'zlib',
    modules: /^node:zlib$/,
    rooms: ['native-free-io/checksum/crc32.ts', 'native-free-io/codec/zlib-codecs.ts'],
    instead: 'use crc32 or a codec of varve/io',
  },
  {
    what: 'worker threads',
    modules: /^(?:node:worker_threads|piscina)$/,
    rooms: ['src/env/worker-pool.ts'],
    instead: 'use workerPool of src/env',
  },
  {
    what: 'the clock',
    modules: /^node:perf_hooks$/,
    globals: /(?<![.\w])(?:Date|performance)\b(?!\s*:)/g,
    rooms: ['src/env/real.ts'],
    instead: timersInstead,
  },
  {
    what: 'timers',
    modules: /^node:timers/,
    globals:
      /(?<![.\w#])(?:setTimeout|setInterval|setImmediate|queueMicrotask)\b|\bAbortSignal\.timeout\b/g,
    rooms: ['src/env/real.ts'],
    instead: timersInstead,
  },
  {
    what: 'randomness',
    modules: /^node:crypto$/,
    globals: /\bMath\.random\b|(?<![.\w])crypto\./g,
    rooms: ['src/env/real.ts'],
    instead: 'take Random from the Env',
  },
  {
    what: 'the process',
    modules: /^node:(?:process|os|v8|async_hooks)$/,
    globals: /(?<![.\w#])process\.\w|(?<![.\w])console\./g,
    rooms: ['src/cli/main.ts', 'src/cli/process-io.ts'],
    instead: 'let src/cli hand in what is needed; tell things through the Logger',
  },
];

const excuses = {
  'src/env/child-process.ts the process': 'a command inherits the environment, and ends with us',
  'native-free-io/checksum/md5.ts randomness': 'createHash, a checksum of file formats',
  'native-free-io/file/node-processes.ts files': 'reads /proc, which no simulated disk has',
  'native-free-io/file/node-processes.ts the process': 'asks the platform who lives: lock files',
  'native-free-io/file/node-fs.ts the process': 'directories cannot be synced on Windows',
  'native-free-io/file/region-pieces.ts timers': 'gives way once to the event loop, below any Env',
  'native-free-io/file/region-sender.ts timers': 'gives way once to the event loop, below any Env',
  'src/env/real.ts the process': 'asks where temporary files go',
  'src/roles/broker/security/scram.ts randomness': 'hashes and compares; random comes from the Env',
  'src/cli/line-digest.ts randomness': 'createHash, to show that output equals input',
};

/** The command line is where a person sits: it may look at the clock and wait for it. */
const personal = ['src/cli'];

function violations(files: readonly SourceFile[]): Violation[] {
  const found: Violation[] = [];
  for (const file of files) {
    for (const { what, modules, globals, rooms, instead } of powers) {
      if (rooms.includes(file.path)) continue;
      if (/clock|timers/.test(what) && file.isUnder(...personal)) continue;
      const used = file.imports.find(({ specifier }) => modules?.test(specifier) === true);
      const at = globals === undefined ? -1 : file.code.search(globals);
      if (used === undefined && at < 0) continue;
      const line = used?.line ?? lineAt(file.text, at);
      found.push({ path: file.path, line, what, instead: `${instead}; ${roomsAre(rooms)}` });
    }
  }
  return found;
}

function roomsAre(rooms: readonly string[]): string {
  return rooms.length === 0 ? 'no room may use it' : `only ${rooms.join(', ')} may use it`;
}

test('each power of the outside world is used by its own room only', () => {
  expect(told(violations(productFiles()), excuses)).toEqual([]);
});

test('node modules are named with their prefix, and none is used that has no power here', () => {
  const known =
    /^node:(?:buffer|child_process|events|fs|module|net|path|stream|tls|util|url|zlib|crypto|os)$/;
  const strange = productFiles().flatMap((file) =>
    file.imports
      .filter(({ specifier }) => specifier.startsWith('node:') && !known.test(specifier))
      .map(({ specifier, line }) => ({
        path: file.path,
        line,
        what: `uses ${specifier}`,
        instead: 'do without, or say in test/house/powers.test.ts which room may use it',
      })),
  );
  expect(told(strange)).toEqual([]);
});

test.each([
  ["import { readFileSync } from 'node:fs';", 'files'],
  ["import { connect } from 'node:net';", 'sockets and other processes'],
  ["import { gzipSync } from 'node:zlib';", 'zlib'],
  ["import { Piscina } from 'piscina';", 'worker threads'],
  ['const now = Date.now();', 'the clock'],
  ['const now = performance.now();', 'the clock'],
  ['setTimeout(close, 5);', 'timers'],
  ['const next = Math.random();', 'randomness'],
  ["const home = process.env['HOME'];", 'the process'],
])('a planted use of an outside power is told: %s', (text, what) => {
  const planted = violations([new SourceFile('src/log/x.ts', text)]);
  expect(planted.map((one) => one.what)).toEqual([what]);
  const comment = new SourceFile('src/log/x.ts', `// ${text}\nconst text = "${text}";`);
  expect(violations([comment])).toEqual([]);
});
