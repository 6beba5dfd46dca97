/** What the failing file system does to whom, and when. */
import { describe, expect, test } from 'vitest';
import {
  FaultFileSystem,
  InvalidArgumentError,
  MemoryFileSystem,
  type FaultOperation,
  type FaultRule,
  type FileHandle,
} from '../../../../native-free-io/index.ts';
import { codeOf, codeOfPromise, nothingThrown } from '../../../helpers/codes.ts';
import { ManualTime } from '../../../helpers/manual-env.ts';
import { bytesOf, namesIn, put, textOf } from './disk-helpers.ts';

const eio = { kind: 'error', errno: 'EIO' } as const;

/**
 * A failing file system over a disk that holds `/f` with these bytes and an empty directory `/d`.
 */
function faulty(...rules: readonly FaultRule[]): { fs: FaultFileSystem; disk: MemoryFileSystem } {
  const disk = new MemoryFileSystem();
  put(disk, '/f', '0123456789');
  disk.makeDirectorySync('/d');
  return { fs: new FaultFileSystem(disk, { rules }), disk };
}

function readText(file: FileHandle, length = 10, position = 0): string {
  const bytes = new Uint8Array(length);
  const count = file.readSync(bytes, 0, length, position);
  return new TextDecoder().decode(bytes.subarray(0, count));
}

/** Both forms of every operation, ready to be called once. */
function everyCall(
  fs: FaultFileSystem,
): Record<FaultOperation, { sync: () => unknown; async?: () => Promise<unknown> }> {
  const file = fs.openSync('/f', 'write');
  const piece = new Uint8Array(4);
  return {
    open: { sync: () => fs.openSync('/f', 'read'), async: () => fs.open('/f', 'read') },
    stat: { sync: () => fs.statSync('/f'), async: () => fs.stat('/f') },
    list: { sync: () => fs.listSync('/d'), async: () => fs.list('/d') },
    makeDirectory: {
      sync: () => fs.makeDirectorySync('/new'),
      async: () => fs.makeDirectory('/new'),
    },
    rename: { sync: () => fs.renameSync('/f', '/g'), async: () => fs.rename('/f', '/g') },
    link: { sync: () => fs.linkSync('/f', '/g'), async: () => fs.link('/f', '/g') },
    removeFile: { sync: () => fs.removeFileSync('/f'), async: () => fs.removeFile('/f') },
    removeDirectory: {
      sync: () => fs.removeDirectorySync('/d'),
      async: () => fs.removeDirectory('/d'),
    },
    syncDirectory: { sync: () => fs.syncDirectorySync('/'), async: () => fs.syncDirectory('/') },
    setModifiedTime: {
      sync: () => fs.setModifiedTimeSync('/f', 7),
      async: () => fs.setModifiedTime('/f', 7),
    },
    space: { sync: () => fs.spaceSync('/'), async: () => fs.space('/') },
    lock: { sync: () => fs.lockSync('/lock') },
    read: { sync: () => file.readSync(piece, 0, 4, 0), async: () => file.read(piece, 0, 4, 0) },
    write: { sync: () => file.writeSync(piece, 0, 4, 0), async: () => file.write(piece, 0, 4, 0) },
    size: { sync: () => file.sizeSync(), async: () => file.size() },
    truncate: { sync: () => file.truncateSync(3), async: () => file.truncate(3) },
    sync: { sync: () => file.syncSync(), async: () => file.sync() },
    close: {
      sync: () => fs.openSync('/f', 'read').closeSync(),
      async: async () => (await fs.open('/f', 'read')).close(),
    },
  };
}

const operations = Object.keys(everyCall(faulty().fs)) as FaultOperation[];

describe('an error', () => {
  test.each(operations)('strikes %s in both forms, and the disk stays as it was', async (on) => {
    const { fs, disk } = faulty();
    const calls = everyCall(fs)[on];
    fs.addRule({ on, times: 2, fault: { kind: 'error', errno: 'EIO' } });
    expect(codeOf(calls.sync)).toBe('IO_FAILED');
    expect(await codeOfPromise(async () => (calls.async ?? calls.sync)())).toBe('IO_FAILED');
    expect(fs.hits.map(({ operation }) => operation)).toEqual([on, on]);
    expect([namesIn(disk, '/'), textOf(disk, '/f')]).toEqual([['d', 'f'], '0123456789']);
    expect(codeOf(calls.sync)).toBe(nothingThrown);
  });

  test.each([
    ['ENOSPC', 'IO_NO_SPACE', false],
    ['EMFILE', 'IO_TOO_MANY_OPEN_FILES', true],
    ['EACCES', 'IO_PERMISSION', false],
    ['EIO', 'IO_FAILED', false],
  ])('%s is told as the real disk would tell it', (errno, code, retryable) => {
    const { fs } = faulty({ on: 'open', fault: { kind: 'error', errno } });
    const context = { path: '/f', errno, syscall: 'open' };
    expect(() => fs.openSync('/f', 'read')).toThrow(
      expect.objectContaining({ code, retryable, context }),
    );
  });

  test('strikes vectors as it strikes reads and writes', async () => {
    const { fs, disk } = faulty();
    const file = fs.openSync('/f', 'write');
    fs.addRule({ on: ['read', 'write'], times: 4, fault: eio });
    const pieces = [new Uint8Array(2), new Uint8Array(3)];
    expect(codeOf(() => file.readVectorSync(pieces, 0))).toBe('IO_FAILED');
    expect(await codeOfPromise(file.readVector(pieces, 0))).toBe('IO_FAILED');
    expect(codeOf(() => file.writeVectorSync(pieces, 0))).toBe('IO_FAILED');
    expect(await codeOfPromise(file.writeVector(pieces, 0))).toBe('IO_FAILED');
    expect(textOf(disk, '/f')).toBe('0123456789');
  });

  test('on a close is told, and the file is closed', async () => {
    const { fs } = faulty({ on: 'close', times: Infinity, fault: eio });
    const first = fs.openSync('/f', 'read');
    const second = await fs.open('/f', 'read');
    expect(fs.openHandles).toBe(2);
    expect(codeOf(() => first.closeSync())).toBe('IO_FAILED');
    expect(await codeOfPromise(second.close())).toBe('IO_FAILED');
    expect(fs.openHandles).toBe(0);
    expect(() => first.sizeSync()).toThrow('closed');
    expect(() => second.sizeSync()).toThrow('closed');
    first.closeSync();
    await second.close();
    expect(fs.hits.length).toBe(2);
  });
});

describe('a rule', () => {
  test('is in force from its nth call for as many times as it says', () => {
    const { fs } = faulty({ on: 'read', nth: 3, times: 2, fault: eio });
    const file = fs.openSync('/f', 'read');
    const codes = Array.from({ length: 6 }, () => codeOf(() => readText(file)));
    const good = nothingThrown;
    expect(codes).toEqual([good, good, 'IO_FAILED', 'IO_FAILED', good, good]);
  });

  test('counts only what it selects: operation, end of the path or pattern', () => {
    const { fs } = faulty();
    put(fs, '/a.log', 'log');
    put(fs, '/a.index', 'index');
    fs.addRule({ on: 'stat', path: '.log', fault: eio });
    fs.addRule({ on: 'stat', path: /^\/a\.i/g, times: 2, fault: eio });
    expect(codeOf(() => fs.statSync('/f'))).toBe(nothingThrown);
    expect(codeOf(() => fs.openSync('/a.log', 'read').closeSync())).toBe(nothingThrown);
    expect(codeOf(() => fs.statSync('/a.log'))).toBe('IO_FAILED');
    expect(codeOf(() => fs.statSync('/a.index'))).toBe('IO_FAILED');
    expect(codeOf(() => fs.statSync('/a.index'))).toBe('IO_FAILED');
    expect(codeOf(() => fs.statSync('/a.index'))).toBe(nothingThrown);
  });

  test('meets a rename and a link by either name', () => {
    const { fs } = faulty({ on: ['rename', 'link'], path: '.swap', times: 3, fault: eio });
    expect(codeOf(() => fs.renameSync('/f', '/f.swap'))).toBe('IO_FAILED');
    expect(codeOf(() => fs.renameSync('/f.swap', '/f'))).toBe('IO_FAILED');
    expect(codeOf(() => fs.linkSync('/f', '/f.swap'))).toBe('IO_FAILED');
    expect(codeOf(() => fs.renameSync('/f', '/g'))).toBe(nothingThrown);
  });

  test('can be taken back, alone or with all others', () => {
    const { fs } = faulty();
    const takeBack = fs.addRule({ on: 'stat', times: Infinity, fault: eio });
    expect(codeOf(() => fs.statSync('/f'))).toBe('IO_FAILED');
    takeBack();
    expect(codeOf(() => fs.statSync('/f'))).toBe(nothingThrown);
    fs.addRule({ on: 'stat', times: Infinity, fault: eio });
    fs.clearRules();
    expect(codeOf(() => fs.statSync('/f'))).toBe(nothingThrown);
  });

  test('counts also what another rule lets fail; the first error wins', () => {
    const { fs } = faulty(
      { on: 'stat', fault: { kind: 'error', errno: 'EACCES' } },
      { on: 'stat', nth: 1, times: 2, fault: eio },
    );
    expect(codeOf(() => fs.statSync('/f'))).toBe('IO_PERMISSION');
    expect(codeOf(() => fs.statSync('/f'))).toBe('IO_FAILED');
    expect(codeOf(() => fs.statSync('/f'))).toBe(nothingThrown);
  });

  test.each([
    ['no operation', { on: [], fault: eio }],
    ["no operation 'reed'", { on: 'reed' as 'read', fault: eio }],
    ['nth is 0', { on: 'read', nth: 0, fault: eio }],
    ['nth is 1.5', { on: 'read', nth: 1.5, fault: eio }],
    ['times is 0', { on: 'read', times: 0, fault: eio }],
    ['times is NaN', { on: 'read', times: Number.NaN, fault: eio }],
    ["'short' is for read and write, not sync", { on: 'sync', fault: { kind: 'short' } }],
    ["'flip' is for read and write, not open", { on: ['read', 'open'], fault: { kind: 'flip' } }],
    ['bytes is -1', { on: 'read', fault: { kind: 'short', bytes: -1 } }],
    ['position is -1', { on: 'read', fault: { kind: 'flip', position: -1 } }],
    ['mask is 0', { on: 'read', fault: { kind: 'flip', mask: 0 } }],
    ['mask is 256', { on: 'read', fault: { kind: 'flip', mask: 256 } }],
    ['a delay needs timers', { on: 'read', fault: { kind: 'delay', ms: 1 } }],
  ] satisfies [string, FaultRule][])('that makes no sense is refused: %s', (reason, rule) => {
    const { fs } = faulty();
    expect(() => fs.addRule(rule)).toThrow(InvalidArgumentError);
    expect(() => fs.addRule(rule)).toThrow(reason);
    const timers = new ManualTime();
    const negative: FaultRule = { on: 'read', fault: { kind: 'delay', ms: -1 } };
    expect(() => new FaultFileSystem(fs, { timers, rules: [negative] })).toThrow('ms is -1');
  });
});

describe('a short', () => {
  test('read gives half, or as many bytes as said, in every form', async () => {
    const { fs } = faulty();
    const file = fs.openSync('/f', 'read');
    fs.addRule({ on: 'read', times: 2, fault: { kind: 'short' } });
    fs.addRule({ on: 'read', nth: 3, times: 3, fault: { kind: 'short', bytes: 3 } });
    const bytes = new Uint8Array(10);
    expect(readText(file)).toBe('01234');
    expect(await file.read(bytes, 0, 10, 2)).toBe(5);
    expect(new TextDecoder().decode(bytes.subarray(0, 6))).toBe('23456\0');
    expect(readText(file, 10, 4)).toBe('456');
    const pieces = [new Uint8Array(2), new Uint8Array(4)];
    expect(file.readVectorSync(pieces, 0)).toBe(3);
    expect(Buffer.concat(pieces).toString()).toBe('012\0\0\0');
    expect(await file.readVector(pieces, 5)).toBe(3);
    expect(Buffer.concat(pieces).toString()).toBe('567\0\0\0');
    expect(readText(file)).toBe('0123456789');
    expect(fs.hits.length).toBe(5);
  });

  test('read of more than was asked for changes nothing', () => {
    const { fs } = faulty({ on: 'read', fault: { kind: 'short', bytes: 10 } });
    const file = fs.openSync('/f', 'read');
    expect(readText(file)).toBe('0123456789');
    expect(fs.hits).toEqual([]);
  });

  test('write leaves its first bytes and fails, in every form', async () => {
    const { fs, disk } = faulty();
    const file = fs.openSync('/f', 'write');
    const text = new TextEncoder().encode('abcdef');
    fs.addRule({ on: 'write', times: 2, fault: { kind: 'short' } });
    const two = { kind: 'short', bytes: 2, errno: 'EIO' } as const;
    fs.addRule({ on: 'write', nth: 3, times: 2, fault: two });
    expect(codeOf(() => file.writeSync(text, 1, 4, 0))).toBe('IO_NO_SPACE');
    expect(textOf(disk, '/f')).toBe('bc23456789');
    expect(await codeOfPromise(file.write(text, 0, 6, 7))).toBe('IO_NO_SPACE');
    expect(textOf(disk, '/f')).toBe('bc23456abc');
    const pieces = [text.subarray(5), text.subarray(4)];
    expect(codeOf(() => file.writeVectorSync(pieces, 4))).toBe('IO_FAILED');
    expect(textOf(disk, '/f')).toBe('bc23fe6abc');
    expect(await codeOfPromise(file.writeVector(pieces, 0))).toBe('IO_FAILED');
    expect(textOf(disk, '/f')).toBe('fe23fe6abc');
    file.writeSync(text, 0, 6, 0);
    expect(textOf(disk, '/f')).toBe('abcdef6abc');
  });
});

describe('a flip', () => {
  test('on a read turns bits over in what the caller gets, not on the disk', async () => {
    const { fs, disk } = faulty({ on: 'read', times: 4, fault: { kind: 'flip', mask: 3 } });
    const file = fs.openSync('/f', 'read');
    const bytes = new Uint8Array(12);
    expect(readText(file, 4)).toBe('0113');
    expect(await file.read(bytes, 1, 10, 0)).toBe(10);
    expect(new TextDecoder().decode(bytes)).toBe('\x000123466789\0');
    const pieces = [new Uint8Array(3), new Uint8Array(3)];
    expect(file.readVectorSync(pieces, 0)).toBe(6);
    expect(Buffer.concat(pieces).toString()).toBe('012045');
    expect(await file.readVector(pieces, 2)).toBe(6);
    expect(Buffer.concat(pieces).toString()).toBe('234667');
    expect(textOf(disk, '/f')).toBe('0123456789');
  });

  test('on a write reaches the file, and the caller keeps the bytes it wrote', async () => {
    const { fs, disk } = faulty({ on: 'write', times: 4, fault: { kind: 'flip' } });
    const file = fs.openSync('/f', 'write');
    const text = new TextEncoder().encode('abcd');
    file.writeSync(text, 0, 4, 0);
    expect(textOf(disk, '/f')).toBe('abbd456789');
    await file.write(text, 1, 2, 4);
    expect(textOf(disk, '/f')).toBe('abbdbb6789');
    file.writeVectorSync([text, text], 0);
    expect(textOf(disk, '/f')).toBe('abcd`bcd89');
    await file.writeVector([text, text.subarray(0, 1)], 5);
    expect(textOf(disk, '/f')).toBe('abcd`abbda');
    expect(new TextDecoder().decode(text)).toBe('abcd');
  });

  test('at a position strikes the calls that cover that byte', () => {
    const flip = { kind: 'flip', position: 5, mask: 0x80 } as const;
    const { fs } = faulty({ on: 'read', times: Infinity, fault: flip });
    const file = fs.openSync('/f', 'read');
    const bytes = new Uint8Array(10);
    const changed = (length: number, position: number): number[] => {
      const count = file.readSync(bytes, 0, length, position);
      const all = Array.from(bytes.subarray(0, count), (byte, at) => (byte > 127 ? at : -1));
      return all.filter((at) => at >= 0);
    };
    expect(changed(10, 0)).toEqual([5]);
    expect(changed(5, 0)).toEqual([]);
    expect(changed(5, 5)).toEqual([0]);
    expect(changed(4, 6)).toEqual([]);
    expect(changed(6, 0)).toEqual([5]);
    expect(fs.hits.length).toBe(3);
  });

  test('goes with another flip and with a short piece', () => {
    const { fs, disk } = faulty(
      { on: 'write', fault: { kind: 'flip', position: 0 } },
      { on: 'write', fault: { kind: 'flip', position: 1 } },
      { on: 'write', fault: { kind: 'flip', position: 4 } },
      { on: 'write', fault: { kind: 'short', bytes: 3 } },
    );
    const file = fs.openSync('/f', 'write');
    expect(codeOf(() => file.writeSync(bytesOf(disk, '/f'), 0, 6, 0))).toBe('IO_NO_SPACE');
    expect(textOf(disk, '/f')).toBe('1023456789');
    expect(fs.hits.length).toBe(4);
  });
});

describe('a delay', () => {
  function slow(): { fs: FaultFileSystem; disk: MemoryFileSystem; time: ManualTime } {
    const time = new ManualTime();
    const disk = new MemoryFileSystem();
    put(disk, '/f', '0123456789');
    return { fs: new FaultFileSystem(disk, { timers: time }), disk, time };
  }

  test('holds an asynchronous operation back until its time has come', async () => {
    const { fs, disk, time } = slow();
    const file = await fs.open('/f', 'write');
    fs.addRule({ on: 'truncate', fault: { kind: 'delay', ms: 20 } });
    fs.addRule({ on: 'truncate', fault: { kind: 'delay', ms: 30 } });
    let isDone = false;
    const truncation = file.truncate(2).then(() => (isDone = true));
    time.advance(49);
    await time.turn();
    expect([isDone, textOf(disk, '/f')]).toEqual([false, '0123456789']);
    time.advance(1);
    await truncation;
    expect(textOf(disk, '/f')).toBe('01');
  });

  test('lets other operations pass, and comes before an error', async () => {
    const { fs, time } = slow();
    fs.addRule({ on: 'stat', fault: { kind: 'delay', ms: 5 } });
    fs.addRule({ on: 'stat', fault: eio });
    const first = codeOfPromise(fs.stat('/f'));
    expect((await fs.stat('/f'))?.size).toBe(10);
    expect(time.pendingTimers).toBe(1);
    time.advance(5);
    expect(await first).toBe('IO_FAILED');
  });

  test('neither holds back nor counts synchronous forms', async () => {
    const { fs, time } = slow();
    fs.addRule({ on: 'stat', fault: { kind: 'delay', ms: 5 } });
    expect(fs.statSync('/f')?.size).toBe(10);
    const later = fs.stat('/f');
    expect(time.pendingTimers).toBe(1);
    time.advance(5);
    expect((await later)?.size).toBe(10);
  });
});

test('the failing file system hides the descriptor, so that nothing passes by it', () => {
  const { fs } = faulty();
  expect([fs.name, fs.openSync('/f', 'read').fd]).toEqual(['fault', -1]);
});
