import { expect, test } from 'vitest';
import { IoError } from '../../../../native-free-io/errors.ts';
import { GroupCommit } from '../../../../native-free-io/file/group-commit.ts';

/** Syncs that finish when told, and how many run at once. */
class HeldSyncs {
  readonly finish: ((error?: Error) => void)[] = [];
  running = 0;
  mostRunning = 0;
  readonly sync = (): Promise<void> => {
    this.mostRunning = Math.max(this.mostRunning, ++this.running);
    return new Promise((resolve, reject) => {
      this.finish.push((error) => {
        this.running--;
        if (error === undefined) resolve();
        else reject(error);
      });
    });
  };
}

/** Lets every promise that can go on do so. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test('a thousand waiters share two syncs', async () => {
  const syncs = new HeldSyncs();
  const commits = new GroupCommit(syncs.sync);
  const waiting = Array.from({ length: 500 }, () => commits.commit());
  await settled();
  for (let i = 0; i < 500; i++) waiting.push(commits.commit());
  await settled();
  expect(syncs.finish).toHaveLength(1);
  syncs.finish[0]?.();
  await settled();
  syncs.finish[1]?.();
  await Promise.all(waiting);
  expect([commits.syncs, syncs.finish.length, syncs.mostRunning]).toEqual([2, 2, 1]);
});

test('a commit made while a sync runs waits for the next one, never for that one', async () => {
  const syncs = new HeldSyncs();
  const commits = new GroupCommit(syncs.sync);
  const early = commits.commit();
  await settled();
  let isLateDone = false;
  const late = commits.commit().then(() => (isLateDone = true));
  syncs.finish[0]?.();
  await early;
  await settled();
  expect(isLateDone).toBe(false);
  expect(syncs.finish).toHaveLength(2);
  syncs.finish[1]?.();
  await late;
  expect(isLateDone).toBe(true);
});

test('commits one after another each get a sync of their own', async () => {
  let count = 0;
  const commits = new GroupCommit(async () => void count++);
  for (let i = 1; i <= 5; i++) {
    await commits.commit();
    expect(count).toBe(i);
  }
  expect(commits.syncs).toBe(5);
});

test('what is written before a commit is covered by the sync it waited for', async () => {
  let written = 0;
  let durable = 0;
  const commits = new GroupCommit(async () => {
    const covered = written;
    await settled();
    durable = covered;
  });
  const work = Array.from({ length: 200 }, async (_, i) => {
    for (let turn = 0; turn < i % 7; turn++) await settled();
    const mine = ++written;
    await commits.commit();
    expect(durable).toBeGreaterThanOrEqual(mine);
  });
  await Promise.all(work);
  expect(commits.syncs).toBeLessThan(20);
});

test('a failed sync rejects its waiters with its own error and poisons all later ones', async () => {
  const syncs = new HeldSyncs();
  const commits = new GroupCommit(syncs.sync);
  const joined = [commits.commit(), commits.commit()];
  await settled();
  const gathered = [commits.commit(), commits.commit()];
  const broken = new Error('EIO');
  syncs.finish[0]?.(broken);
  for (const one of await Promise.allSettled(joined)) {
    expect(one).toMatchObject({ status: 'rejected', reason: broken });
  }
  for (const one of await Promise.allSettled([...gathered, commits.commit()])) {
    expect(one).toMatchObject({
      status: 'rejected',
      reason: { code: 'IO_POISONED', cause: broken },
    });
  }
  expect(commits.isPoisoned).toBe(true);
  // Nothing may sync again: the system would report success for pages it has dropped.
  expect(syncs.finish).toHaveLength(1);
  await expect(commits.commit()).rejects.toBeInstanceOf(IoError);
});
