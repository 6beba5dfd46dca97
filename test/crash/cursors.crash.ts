import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { PartitionLog } from '../../src/log/index.ts';
import { Seeded, seedFor } from '../helpers/seeded.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const program = fileURLToPath(new URL('./cursor-committer.mjs', import.meta.url));

/** Kills a consumer once it has told of so many commits; the positions told, by name. */
async function killedAfter(dir: string, commits: number): Promise<Map<string, number>> {
  const child = spawn(process.execPath, [program, dir, 'commit'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text;
    if (told.split('\n').length > commits) child.kill('SIGKILL');
  });
  const signal = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (_code, by) => resolve(by));
  });
  expect(signal).toBe('SIGKILL');
  const lines = told.split('\n').filter((line) => /^\w \d+$/.test(line));
  return new Map(lines.map((line) => [line[0]!, Number(line.slice(2))]));
}

test('KF-17 kill -9 loses no commit that was told, and no position goes back', async () => {
  const random = new Seeded(seedFor('kill -9 of a consumer'));
  const dir = join(temporaryFolder(), 'orders-0');
  const before = new Map<string, number>();
  for (let round = 0; round < 6; round++) {
    const told = await killedAfter(dir, random.between(1, 25));
    expect(told.size).toBeGreaterThan(0);
    await using log = await PartitionLog.open({ dir });
    for (const [name, offset] of told) {
      const position = (await log.cursor(name)).position ?? -1;
      expect(position, `${name} in round ${round}`).toBeGreaterThanOrEqual(offset);
      expect(position).toBeGreaterThanOrEqual(before.get(name) ?? 0);
      expect(position).toBeLessThanOrEqual(log.logEndOffset);
      before.set(name, position);
    }
  }
});

test('a commit that cannot be written is an error, then nothing but closing works', async () => {
  const dir = join(temporaryFolder(), 'orders-0');
  const command = 'ulimit -f 64 && exec "$0" "$@"';
  const child = spawnSync('sh', ['-c', command, process.execPath, program, dir, 'fill'], {
    encoding: 'utf8',
  });
  expect(child.stderr).not.toContain('UnhandledPromiseRejection');
  expect(child.status).toBe(0);
  const { codes, made, closing } = JSON.parse(child.stdout) as {
    codes: string[];
    made: number;
    closing: string;
  };
  expect([codes, closing]).toEqual([['IO_FAILED', 'IO_POISONED'], 'IO_POISONED']);
  await using log = await PartitionLog.open({ dir });
  // All but the two that failed.
  expect((await log.cursors()).list()).toHaveLength(made - 2);
  await (await log.cursor('another')).commit(1);
});
