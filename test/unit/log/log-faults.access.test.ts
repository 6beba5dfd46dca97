/** Files that cannot be opened, that somebody else holds, or that give wrong bytes. */
import { describe, expect, test } from 'vitest';
import { FaultFileSystem, MemoryFileSystem, type Fault } from '../../../native-free-io/index.ts';
import { LogDirectory, verifyPartition } from '../../../src/log/index.ts';
import { codeOfPromise } from '../../helpers/codes.ts';
import { numbered } from '../../helpers/log-world.ts';
import {
  batchBytes,
  dir,
  failing,
  FaultyWorld,
  offsetsOf,
  range,
  twoBatches,
} from './faulty-world.ts';

describe('no descriptors left', () => {
  test('fails a read that can be repeated, and nothing else', async () => {
    const world = new FaultyWorld();
    const log = await world.open(twoBatches, { maxOpenFiles: 1 });
    for (let batch = 0; batch < 6; batch++) log.appendSync(numbered(3));
    await log.sync();
    world.rule('open', '0000.log', failing('EMFILE'));
    await expect(offsetsOf(log)).rejects.toMatchObject({
      code: 'IO_TOO_MANY_OPEN_FILES',
      retryable: true,
    });
    expect(await offsetsOf(log)).toEqual(range(18));
    expect(log.appendSync(numbered(1)).baseOffset).toBe(18);
    await log.close();
    expect(world.fs.openHandles).toBe(0);
  });

  test('at any moment of an open leaves no lock and no file open', async () => {
    const world = new FaultyWorld();
    const log = await world.open(twoBatches);
    for (let batch = 0; batch < 6; batch++) log.appendSync(numbered(3));
    await log.sync();
    let failures = 0;
    for (let nth = 1; ; nth++) {
      const after = world.killed();
      after.fs.addRule({ on: 'open', nth, fault: failing('EMFILE') });
      const code = await codeOfPromise(after.open(twoBatches));
      if (after.fs.hits.length === 0) break;
      failures++;
      expect([nth, code]).toEqual([nth, 'IO_TOO_MANY_OPEN_FILES']);
      expect([nth, after.fs.openHandles]).toEqual([nth, 0]);
      const again = await after.open(twoBatches);
      expect(await offsetsOf(again)).toEqual(range(18));
    }
    expect(failures).toBeGreaterThan(5);
  });

  test('for one partition of a log directory leave the others open and nothing behind', async () => {
    const fs = new FaultFileSystem(new MemoryFileSystem());
    const options = { dir: '/logs', env: { fs }, maintenance: false } as const;
    const directory = await LogDirectory.open(options);
    for (const topic of ['a', 'b', 'c']) {
      const log = await directory.partition(topic, 0);
      await log.append(numbered(3), { durability: 'synced' });
    }
    await directory.close();
    fs.addRule({ on: 'open', path: /c-0.*log$/, fault: failing('EMFILE') });
    const without = await LogDirectory.open(options);
    expect([...without.failures.keys()]).toEqual(['c-0']);
    expect(without.failures.get('c-0')).toMatchObject({ code: 'IO_TOO_MANY_OPEN_FILES' });
    await without.close();
    expect(fs.openHandles).toBe(0);
    fs.clearRules();
    const again = await LogDirectory.open(options);
    const c = await again.partition('c', 0);
    expect(await offsetsOf(c)).toEqual(range(3));
    await again.close();
  });
});

describe('missing permissions', () => {
  test('on the directory refuse a writer and a reader', async () => {
    const world = new FaultyWorld();
    await (await world.open()).close();
    for (const readOnly of [false, true]) {
      world.fs.addRule({ on: 'list', path: dir, fault: failing('EACCES') });
      expect(await codeOfPromise(world.open({}, { readOnly }))).toBe('IO_PERMISSION');
      world.fs.clearRules();
    }
    expect(world.fs.openHandles).toBe(0);
  });

  test('to write refuse a writer before anything is changed, and let a reader in', async () => {
    const world = new FaultyWorld();
    const log = await world.open();
    log.appendSync(numbered(3));
    await log.close();
    const before = world.disk.operations;
    const on = ['lock', 'write', 'truncate', 'rename', 'removeFile', 'makeDirectory'] as const;
    world.fs.addRule({ on, times: Infinity, fault: failing('EACCES') });
    expect(await codeOfPromise(world.open())).toBe('IO_PERMISSION');
    const reader = await world.open({}, { readOnly: true });
    expect(await offsetsOf(reader)).toEqual(range(3));
    await reader.close();
    expect(world.disk.operations).toBe(before);
  });

  test('to open one segment for writing fail the open, which can be repeated', async () => {
    const world = new FaultyWorld();
    const log = await world.open();
    log.appendSync(numbered(3));
    await log.close();
    world.rule('open', '.log', failing('EACCES'));
    await expect(world.open()).rejects.toMatchObject({
      code: 'IO_PERMISSION',
      context: { path: `${dir}/00000000000000000000.log` },
    });
    expect(world.fs.openHandles).toBe(0);
    expect(await offsetsOf(await world.open())).toEqual(range(3));
  });
});

describe('a second opener', () => {
  test('is refused while the first one writes, may read, and may write after its close', async () => {
    const world = new FaultyWorld();
    const log = await world.open();
    log.appendSync(numbered(3));
    await expect(world.open()).rejects.toMatchObject({
      code: 'IO_LOCKED',
      retryable: true,
      context: { path: `${dir}/.varve_lock` },
    });
    const reader = await world.open({}, { readOnly: true });
    expect(await offsetsOf(reader)).toEqual(range(3));
    expect(await codeOfPromise(reader.append(numbered(1)))).toBe('LOG_READ_ONLY');
    await reader.close();
    expect(log.appendSync(numbered(1)).baseOffset).toBe(3);
    await log.close();
    expect((await world.open()).appendSync(numbered(1)).baseOffset).toBe(4);
  });

  test('takes over from a process that was killed', async () => {
    const world = new FaultyWorld();
    const log = await world.open();
    log.appendSync(numbered(3));
    const after = world.killed();
    expect(after.disk.statSync(`${dir}/.varve_lock`)?.kind).toBe('file');
    expect((await after.open()).appendSync(numbered(1)).baseOffset).toBe(3);
  });
});

describe('bytes that come back wrong', () => {
  test('are never served: a flipped bit fails the read that meets it', async () => {
    const world = new FaultyWorld();
    const log = await world.open();
    for (let batch = 0; batch < 3; batch++) log.appendSync(numbered(3));
    const position = batchBytes + 70;
    world.fs.addRule({
      on: 'read',
      path: '.log',
      times: Infinity,
      fault: { kind: 'flip', position, mask: 0x10 },
    });
    await expect(offsetsOf(log)).rejects.toMatchObject({
      code: 'LOG_CORRUPT_BATCH',
      context: { position: batchBytes },
    });
    expect(world.fs.hits.length).toBeGreaterThan(0);
    world.fs.clearRules();
    expect(await offsetsOf(log)).toEqual(range(9));
  });

  test('that were written wrong are found by a check, and recovery stops before them', async () => {
    const world = new FaultyWorld();
    const log = await world.open();
    log.appendSync(numbered(3));
    world.rule('write', '.log', { kind: 'flip' });
    log.appendSync(numbered(3));
    const [problem] = (await verifyPartition({ dir, env: { fs: world.disk } })).problems;
    expect(problem).toMatchObject({ position: batchBytes });
    const again = await world.killed().open();
    expect([again.logEndOffset, again.loadReport.truncatedBytes]).toEqual([3, batchBytes]);
  });

  test('because the file seems to end early cost no record and show none twice', async () => {
    let struck = 0;
    for (let nth = 1; nth < 20; nth++) {
      const world = new FaultyWorld();
      const log = await world.open();
      for (let batch = 0; batch < 3; batch++) log.appendSync(numbered(3));
      const fault: Fault = { kind: 'short', bytes: batchBytes + 11 };
      world.fs.addRule({ on: 'read', path: '.log', nth, fault });
      const served: number[] = [];
      try {
        for await (const batch of log.read()) served.push(batch.baseOffset);
      } catch (error) {
        expect(error).toMatchObject({ code: 'LOG_CORRUPT_BATCH' });
      }
      expect(served).toEqual([0, 3, 6].slice(0, served.length));
      expect(await offsetsOf(log)).toEqual(range(9));
      struck += world.fs.hits.length;
    }
    expect(struck).toBeGreaterThan(0);
  });
});
