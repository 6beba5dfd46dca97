/**
 * A log directory on a simulated disk that writes down what its partitions are told and which of
 * them there are, and the check of what a crash left of it.
 */
import { expect } from 'vitest';
import type { CrashFileSystem } from '../../native-free-io/index.ts';
import { LogDirectory, verifyPartition, type LogConfigInput } from '../../src/log/index.ts';
import type { PlainRecord } from '../helpers/batches.ts';
import type { ManualTime } from '../helpers/manual-env.ts';
import { History } from './log-history.ts';
import { checkFound, checkFoundAgain, TrackedLog, worldOn } from './tracked-log.ts';

const root = '/data';

/** One partition from its making to its deletion. */
interface Life {
  readonly history: History;
  state: 'making' | 'there' | 'going' | 'gone';
}

/** By directory name. One made again under a name begins another life. */
export type Lives = Map<string, Life>;

export class TrackedDirectory {
  readonly directory: LogDirectory;
  readonly #lives: Lives;
  readonly #time: ManualTime;
  readonly #logs = new Map<string, TrackedLog>();

  private constructor(directory: LogDirectory, lives: Lives, time: ManualTime) {
    this.directory = directory;
    this.#lives = lives;
    this.#time = time;
  }

  static async open(
    fs: CrashFileSystem,
    lives: Lives,
    config: LogConfigInput,
  ): Promise<TrackedDirectory> {
    const env = worldOn(fs);
    const directory = await LogDirectory.open({ dir: root, env, config, maintenance: false });
    return new TrackedDirectory(directory, lives, env.time);
  }

  async partition(topic: string, partition: number): Promise<TrackedLog> {
    const name = `${topic}-${partition}`;
    let life = this.#lives.get(name);
    if (life === undefined || life.state === 'gone') {
      life = { history: new History(), state: 'making' };
      this.#lives.set(name, life);
    }
    const log = await this.directory.partition(topic, partition);
    life.state = 'there';
    const tracked = this.#logs.get(name) ?? TrackedLog.of(log, life.history, this.#time);
    this.#logs.set(name, tracked);
    return tracked;
  }

  async delete(topic: string, partition: number): Promise<void> {
    const name = `${topic}-${partition}`;
    const life = this.#lives.get(name)!;
    life.state = 'going';
    await this.directory.deletePartition(topic, partition);
    life.state = 'gone';
    this.#logs.delete(name);
  }

  async close(): Promise<void> {
    await this.directory.close();
    for (const name of this.#logs.keys()) this.#lives.get(name)!.history.synced();
  }
}

/**
 * The directory must open with every partition that was made and not deleted, each an allowed log;
 * take appends in all of them; and after an orderly close nothing may need recovery.
 */
export async function checkDirectory(
  survivor: CrashFileSystem,
  lives: Lives,
  config: LogConfigInput,
): Promise<void> {
  const env = worldOn(survivor);
  const open = (): Promise<LogDirectory> =>
    LogDirectory.open({ dir: root, env, config, maintenance: false });
  const directory = await open();
  expect([...directory.failures]).toEqual([]);
  const partitions = directory.partitions();
  const names = partitions.map(({ topic, partition }) => `${topic}-${partition}`);
  for (const [name, { state }] of lives) {
    if (state === 'there') expect(names).toContain(name);
    if (state === 'gone') expect(names).not.toContain(name);
  }
  const found = new Map<string, PlainRecord[]>();
  for (const { topic, partition } of partitions) {
    const name = `${topic}-${partition}`;
    const log = await directory.partition(topic, partition, { create: false });
    found.set(name, await checkFound(log, lives.get(name)!.history));
  }
  await directory.close();
  const left = survivor.listSync(root).map(({ name }) => name);
  expect(left.filter((name) => /-delete$|\.tmp$/.test(name))).toEqual([]);
  expect(left).toContain('.kafka_cleanshutdown');
  for (const name of names) {
    expect((await verifyPartition({ dir: `${root}/${name}`, env })).problems).toEqual([]);
  }
  const again = await open();
  for (const { topic, partition } of partitions) {
    const log = await again.partition(topic, partition, { create: false });
    await checkFoundAgain(log, found.get(`${topic}-${partition}`)!);
  }
  await again.close();
}
