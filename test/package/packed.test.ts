/**
 * The package packed, installed into an empty project without install scripts, and used there:
 * doors, types, command line and worker threads, on this Node and on the current LTS.
 */
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { PackedProject, root, run, secondNodeMajor } from './packed-project.ts';

let project: PackedProject;
beforeAll(async () => {
  project = await PackedProject.make();
});
afterAll(() => project[Symbol.dispose]());

function installedCommand(): string {
  return join(project.dir, 'node_modules', packageJson.name, packageJson.bin.varve);
}

/** What a program imports, for every subpath that is code. */
const doors = Object.keys(packageJson.exports)
  .filter((subpath) => !subpath.endsWith('.json'))
  .map((subpath) => packageJson.name + subpath.slice(1));

/** Every codec, verification on worker threads, and a round of compaction in one. */
const program = `
import { PartitionLog, verifyPartition } from 'varve';
import { codecNames } from 'varve/log';
import { crc32c } from 'varve/io';
const doors = {};
for (const door of ${JSON.stringify(doors)}) doors[door] = Object.keys(await import(door)).length;
const [dir] = process.argv.slice(2);
const config = { 'cleanup.policy': 'compact' };
const log = await PartitionLog.open({ dir, config });
for (const codec of codecNames) {
  const records = Array.from({ length: 100 }, (_, i) => ({ key: 'k' + i, value: codec.repeat(99) }));
  await log.append(records, { codec, durability: 'synced' });
}
await log.roll();
const written = await verifyPartition({ dir, threads: 2 });
const compaction = await log.compact();
const codecs = new Set();
for await (const batch of log.read()) {
  for (const { value } of batch.records()) codecs.add(new TextDecoder().decode(value).slice(0, 4));
}
await log.close();
const compacted = await verifyPartition({ dir });
console.log(JSON.stringify({
  doors,
  node: process.version,
  check: crc32c(new TextEncoder().encode('123456789'), 0, 9),
  written: written.records,
  problems: [...written.problems, ...compacted.problems],
  compaction,
  left: [...codecs],
}));
`;

/** The broker of the command, which is a bundle, and a client from the door. */
const brokerProgram = `
  import { spawn } from 'node:child_process';
  import { once } from 'node:events';
  import { encodeBatch, KafkaConnection } from 'varve/kafka';
  const args = ['kafka', 'serve', '--port', '0', '--json', '--topics', 't'];
  const broker = spawn(process.execPath, [process.argv[2], ...args]);
  const [line] = await once(broker.stdout, 'data');
  const [host, port] = JSON.parse(line).bootstrap.split(':');
  const connection = await KafkaConnection.open({ host, port: Number(port) });
  const records = encodeBatch([{ value: 'one' }], 0, Date.now()).bytes;
  const topics = [{ name: 't', partitions: [{ index: 0, records }] }];
  const request = { transactionalId: null, acks: -1, timeoutMs: 1000, topics };
  const answer = await connection.request('produce', request, { version: 9 });
  await connection.close();
  broker.kill('SIGINT');
  const [code] = await once(broker, 'close');
  console.log('error', answer.topics[0].partitions[0].error, 'exit code', code);
`;

const cursorProgram = `
  import { PartitionLog } from 'varve';
  const options = { dir: process.argv[2] };
  const log = await PartitionLog.open(options);
  await log.append([{ value: 'one' }]);
  const cursor = await log.cursor('worker');
  const before = cursor.position;
  await cursor.commit(1);
  await log.close();
  const again = await PartitionLog.open(options);
  console.log(before, (await again.cursor('worker')).position);
  await again.close();
`;

describe.each(['this Node', 'the current LTS'] as const)('the packed package on %s', (name) => {
  it('is imported by every door, writes every codec, verifies and compacts in workers', async () => {
    project.write('use.mjs', program);
    const node = project.nodes[name];
    const { stdout, stderr } = await project.run(node, ['use.mjs', project.newPartition()]);
    expect(stderr).toBe('');
    const result = JSON.parse(stdout) as {
      readonly node: string;
      readonly doors: Readonly<Record<string, number>>;
    };
    const version = name === 'this Node' ? process.version : `v${secondNodeMajor}.`;
    expect(result.node.startsWith(version)).toBe(true);
    expect(Object.keys(result.doors)).toEqual(doors);
    expect(Object.values(result.doors).every((names) => names > 0)).toBe(true);
    expect(result).toMatchObject({
      check: 0xe3069283,
      written: 500,
      problems: [],
      compaction: { done: true, recordsRead: 500, recordsKept: 100 },
      left: ['zstd'],
    });
  });

  it('keeps cursors, though no install script has run', async () => {
    project.write('cursor.mjs', cursorProgram);
    const args = ['cursor.mjs', project.newPartition()];
    const { stdout, stderr } = await project.run(project.nodes[name], args);
    expect([stdout, stderr]).toEqual(['undefined 1\n', '']);
  });

  it('serves Kafka from the bundle of its command', async () => {
    project.write('broker.mjs', brokerProgram);
    const { stdout } = await project.run(project.nodes[name], ['broker.mjs', installedCommand()]);
    expect(stdout).toBe('error 0 exit code 0\n');
  });

  it('brings a command line that works', async () => {
    const node = project.nodes[name];
    const installed = installedCommand();
    const varve = async (...args: string[]): Promise<string> =>
      (await project.run(node, [installed, ...args])).stdout;
    expect(await varve('--version')).toBe(`${packageJson.version}\n`);
    project.write('input.txt', 'one\ntwo\nthree\n');
    const dir = project.newPartition();
    const report = await varve('quickstart', 'input.txt', '--dir', dir, '--json');
    expect(JSON.parse(report)).toMatchObject({ same: true, read: { records: 3 } });
    expect(await varve('log', 'cat', dir, '--from', '1')).toBe('two\nthree\n');
    expect(await varve('log', 'verify', dir, '--threads', '2')).toMatch(/^sound: /);
    expect(await varve('inspect', join(dir, `${'0'.repeat(20)}.log`))).toMatch(
      /^Kafka log segment/,
    );
  });
});

describe('the packed package', () => {
  it('is found by npx as varve', async () => {
    const { stdout } = await project.run('npx', ['varve', 'log', 'cat', '--help']);
    expect(stdout).toContain('Usage: varve log cat DIR');
  });

  it('has types that a strict program compiles against, for every door', async () => {
    const imports = doors.map((door, at) => `import * as door${at} from '${door}';`);
    const uses = doors.map((_, at) => `door${at}`).join(', ');
    project.write('typed.mts', `${imports.join('\n')}\nexport const all = [${uses}];\n${typed}`);
    for (const types of ['@types', 'undici-types']) {
      const target = join(project.dir, 'node_modules', types);
      cpSync(join(root, 'node_modules', types), target, { recursive: true });
    }
    project.write(
      'tsconfig.json',
      JSON.stringify({
        compilerOptions: {
          noEmit: true,
          strict: true,
          exactOptionalPropertyTypes: true,
          target: 'es2022',
          lib: ['es2023', 'esnext.disposable'],
          module: 'nodenext',
          types: ['node'],
          // The declarations themselves must hold, ours and what they import.
          skipLibCheck: false,
        },
        files: ['typed.mts'],
      }),
    );
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = await project.run(process.execPath, [tsc, '-p', '.']);
    expect(stdout).toBe('');
    project.write('typed.mts', `${typed}\nexport const wrong: string = sum;\n`);
    await expect(project.run(process.execPath, [tsc, '-p', '.'])).rejects.toThrow('TS2322');
  });

  it('is well formed to publint', async () => {
    const { stdout } = await run('npx', ['publint', '--strict', project.tarball], root);
    expect(stdout).toMatch(/All good/);
  });

  it('has right types to are-the-types-wrong, for every resolution that knows ES modules', async () => {
    const args = ['attw', project.tarball, '--profile', 'esm-only', '--format', 'json'];
    const { stdout } = await run('npx', args, root);
    const { analysis } = JSON.parse(stdout) as Attw;
    const wrong = analysis.problems.filter(
      ({ resolutionKind }) => resolutionKind !== 'node10' && resolutionKind !== 'node16-cjs',
    );
    expect(wrong).toEqual([]);
    expect(Object.keys(analysis.entrypoints)).toEqual(Object.keys(packageJson.exports));
    expect(analysis.types).toMatchObject({ kind: 'included' });
  });

  it('holds nothing but the compiled code, its types and the papers', () => {
    const installed = join(project.dir, 'node_modules', packageJson.name);
    expect(readdirSync(installed).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist',
      'package.json',
    ]);
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    const ends = /(\.(js|js\.map|d\.ts|d\.ts\.map|json|md)|LICENSE)$/;
    const directories = /^dist(\/[\w-]+)*$/;
    expect(files.filter((file) => !ends.test(file) && !directories.test(file))).toEqual([]);
    const cli = readFileSync(join(installed, packageJson.bin.varve), 'utf8');
    expect(cli.startsWith('#!/usr/bin/env node\n')).toBe(true);
  });
});

interface Attw {
  readonly analysis: {
    readonly types: unknown;
    readonly entrypoints: Readonly<Record<string, unknown>>;
    readonly problems: readonly { readonly kind: string; readonly resolutionKind?: string }[];
  };
}

/** A program as a user with all strict flags writes it. */
const typed = `
import { PartitionLog, type LogRecord } from 'varve';
import { verifyPartition, type PartitionReport } from 'varve/log';
import { StoreError, crc32c } from 'varve/io';
export async function first(dir: string): Promise<LogRecord | undefined> {
  await using log = await PartitionLog.open({ dir, config: { 'segment.bytes': 1 << 20 } });
  for await (const batch of log.read({ from: 0 })) return batch.records()[0];
  return undefined;
}
export const report: Promise<PartitionReport> = verifyPartition({ dir: 'x' });
export const sum: number = crc32c(new Uint8Array(1), 0, 1);
export const isOurs = (error: unknown): boolean => error instanceof StoreError;
`;
