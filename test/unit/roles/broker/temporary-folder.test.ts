/** What a killed temporary broker left goes with the next one. */
import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test, vi } from 'vitest';
import { systemRandom } from '../../../../src/env/real.ts';
import { KafkaServer } from '../../../../src/roles/broker/index.ts';

/** As `kill -9` leaves it: the lock names a process that is no more. */
function leftFolder(lock: string | undefined): string {
  const dir = join(tmpdir(), `varve-kafka-${randomBytes(16).toString('hex')}`);
  mkdirSync(join(dir, 'topic-0'), { recursive: true });
  writeFileSync(join(dir, 'topic-0', '00000000000000000000.log'), 'records');
  if (lock !== undefined) writeFileSync(join(dir, '.varve_lock'), lock);
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const deadProcess = 2 ** 22 + 1;

test('folders of killed temporary brokers go with the next start, those of living ones stay', async () => {
  const killed = leftFolder(`${deadProcess} 1 1\n`);
  const old = leftFolder(undefined);
  const begun = leftFolder(undefined);
  const hourAgo = Date.now() / 1000 - 3700;
  utimesSync(old, hourAgo, hourAgo);
  await using living = await KafkaServer.start();
  await using server = await KafkaServer.start();
  await vi.waitFor(() => expect([killed, old].filter(existsSync)).toEqual([]));
  expect([living.dir, server.dir, begun].map(existsSync)).toEqual([true, true, true]);
});

test('a temporary broker that cannot start leaves no folder', async () => {
  await using other = await KafkaServer.start();
  const bytes = randomBytes(16);
  const random = { ...systemRandom, uuid: () => new Uint8Array(bytes) };
  const failing = KafkaServer.start({ port: other.port, env: { random } });
  await expect(failing).rejects.toThrow(/another program/);
  expect(existsSync(join(tmpdir(), `varve-kafka-${bytes.toString('hex')}`))).toBe(false);
  await using served = await KafkaServer.start({ env: { random } });
  expect(served.dir).toBe(join(tmpdir(), `varve-kafka-${bytes.toString('hex')}`));
});
