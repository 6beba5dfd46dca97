import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { PassThrough, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGzip, gunzipSync } from 'node:zlib';
import * as http from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { SlabPool } from '../../../../native-free-io/buffer/pool.ts';
import { AbortedError, IoError } from '../../../../native-free-io/errors.ts';
import { sendRegion } from '../../../../native-free-io/file/region-stream.ts';
import { codeOfPromise } from '../buffer/codes.ts';
import { double, fileOf, patternBytes, temporaryPath, turns, useTemporaryFiles } from './files.ts';

useTemporaryFiles();

const pieceBytes = 4096;

/** Listens on a free port of the loopback. */
async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

/** Both ends of a loopback connection. */
async function socketPair(): Promise<{ sender: Socket; receiver: Socket }> {
  const server = createServer();
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const sender = connect(await portOf(server), '127.0.0.1');
  const receiver = await accepted;
  if (sender.connecting) await once(sender, 'connect');
  onTestFinished(() => {
    sender.destroy();
    receiver.destroy();
    server.close();
  });
  return { sender, receiver };
}

/** A Writable that holds its write callbacks until told. */
class HoldingWritable extends Writable {
  readonly chunks: Buffer[] = [];
  readonly callbacks: ((error?: Error) => void)[] = [];
  override _write(chunk: Buffer, _encoding: string, callback: (error?: Error) => void): void {
    this.chunks.push(chunk);
    this.callbacks.push(callback);
  }
}

/** A Writable that takes everything at once. */
class TakingWritable extends Writable {
  override _write(_chunk: Buffer, _encoding: string, callback: () => void): void {
    callback();
  }
}

/** The error a promise rejects with. */
async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('nothing thrown');
}

test.for(['sync', 'async'] as const)(
  'a socket gets exactly the region, whatever its length, with %s reads',
  async (reads) => {
    const whole = patternBytes(7 * pieceBytes);
    const file = fileOf(whole);
    const pool = new SlabPool({ checked: true });
    for (const length of [0, 1, 4095, 4096, 4097, 3 * 4096, 5 * 4096 + 1, 6 * 4096]) {
      const { sender, receiver } = await socketPair();
      const received = buffer(receiver);
      const region = { file, position: 77, length };
      expect(await sendRegion(region, sender, { pool, pieceBytes, reads })).toBe(length);
      pool.assertNoLeaks();
      sender.end();
      expect(Buffer.compare(await received, whole.subarray(77, 77 + length))).toBe(0);
    }
  },
);

test('with the default options many megabytes arrive unharmed', async () => {
  const whole = patternBytes(9 * (1 << 20) + 5);
  const { sender, receiver } = await socketPair();
  const received = buffer(receiver);
  const region = { file: fileOf(whole), position: 0, length: whole.length };
  expect(await sendRegion(region, sender)).toBe(whole.length);
  sender.end();
  expect(Buffer.compare(await received, whole)).toBe(0);
});

test('no more than the window is read ahead of the write callbacks', async () => {
  const file = fileOf(patternBytes(10 * pieceBytes));
  const pool = new SlabPool({ checked: true });
  const target = new HoldingWritable();
  const region = { file, position: 0, length: 10 * pieceBytes };
  const sending = sendRegion(region, target, { pool, pieceBytes, windowPieces: 3 });
  for (let answered = 0; answered < 10; answered++) {
    await turns(3);
    expect(pool.leasedBytes).toBe(Math.min(3, 10 - answered) * pieceBytes);
    target.callbacks.shift()?.();
  }
  expect(await sending).toBe(10 * pieceBytes);
  expect(pool.leasedBytes).toBe(0);
});

test('a slab is not reused while a stalled socket still has to send it', async () => {
  const whole = patternBytes(24 << 20);
  const pool = new SlabPool({ checked: true });
  const { sender, receiver } = await socketPair();
  receiver.pause();
  const sending = sendRegion({ file: fileOf(whole), position: 0, length: whole.length }, sender, {
    pool,
  });
  await turns(50);
  expect(pool.leasedBytes).toBe(2 << 20);
  const received = buffer(receiver);
  await sending;
  sender.end();
  expect(Buffer.compare(await received, whole)).toBe(0);
  pool.assertNoLeaks();
});

test('a signal that has fired before sends nothing and leaves the stream alone', async () => {
  const target = new HoldingWritable();
  const region = { file: fileOf(patternBytes(10)), position: 0, length: 10 };
  const error = await errorOf(sendRegion(region, target, { signal: AbortSignal.abort('why') }));
  expect(error).toBeInstanceOf(AbortedError);
  expect(error).toMatchObject({ name: 'AbortError', code: 'IO_ABORTED', cause: 'why' });
  expect(target.destroyed).toBe(false);
  expect(target.chunks).toEqual([]);
});

test('an abort while the peer reads nothing rejects, with every slab back and nothing foreign sent', async () => {
  const whole = patternBytes(24 << 20);
  const pool = new SlabPool({ checked: true });
  const { sender, receiver } = await socketPair();
  receiver.pause();
  const controller = new AbortController();
  const region = { file: fileOf(whole), position: 0, length: whole.length };
  const sending = sendRegion(region, sender, { pool, signal: controller.signal });
  await turns(50);
  expect(pool.leasedBytes).toBe(2 << 20);
  controller.abort();
  const error = await errorOf(sending);
  expect(error).toMatchObject({ name: 'AbortError', context: { path: region.file.path } });
  pool.assertNoLeaks();
  expect(sender.destroyed).toBe(true);
  // What was in flight had been read from the file, not from released (poisoned) slabs.
  const chunks: Buffer[] = [];
  receiver.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => {});
  receiver.resume();
  if (!receiver.closed) await once(receiver, 'close');
  const received = Buffer.concat(chunks);
  expect(received.length).toBeLessThan(whole.length);
  expect(Buffer.compare(received, whole.subarray(0, received.length))).toBe(0);
});

test('an abort waits for the write callback even when the stream is slow to give it', async () => {
  const pool = new SlabPool({ checked: true });
  const target = new HoldingWritable({ destroy: () => {} });
  const controller = new AbortController();
  const region = { file: fileOf(patternBytes(8192)), position: 0, length: 8192 };
  let isSettled = false;
  const sending = errorOf(sendRegion(region, target, { pool, signal: controller.signal }));
  void sending.then(() => (isSettled = true));
  await turns(2);
  controller.abort();
  await turns(5);
  expect(isSettled).toBe(false);
  expect(pool.leasedBytes).toBe(8192);
  target.callbacks.shift()?.();
  expect(await sending).toMatchObject({ name: 'AbortError' });
  pool.assertNoLeaks();
});

test('a stream that closes without calling back gives its slabs back too', async () => {
  const pool = new SlabPool({ checked: true });
  const target = new HoldingWritable();
  const controller = new AbortController();
  const region = { file: fileOf(patternBytes(8192)), position: 0, length: 8192 };
  const sending = sendRegion(region, target, { pool, pieceBytes, signal: controller.signal });
  await turns(2);
  controller.abort();
  expect(await errorOf(sending)).toMatchObject({ name: 'AbortError' });
  pool.assertNoLeaks();
  // A late callback must not release what others may have leased by now.
  for (const callback of target.callbacks) callback();
  await turns(2);
});

test('an abort during a cold read, before anything was handed over, leaves the stream usable', async () => {
  const pool = new SlabPool({ checked: true });
  const target = new HoldingWritable();
  const controller = new AbortController();
  const whole = fileOf(patternBytes(8192));
  const finish: ((got: number) => void)[] = [];
  const file = double(whole, {
    read: () => new Promise<number>((resolve) => finish.push(resolve)),
  });
  const sending = sendRegion({ file, position: 0, length: 8192 }, target, {
    pool,
    reads: 'async',
    signal: controller.signal,
  });
  controller.abort();
  await turns(2);
  // The thread pool may still write into the slab: it must not be given back yet.
  expect(pool.leasedBytes).toBe(8192);
  finish[0]?.(8192);
  expect(await errorOf(sending)).toMatchObject({ name: 'AbortError' });
  pool.assertNoLeaks();
  expect(target.destroyed).toBe(false);
  expect(target.chunks).toEqual([]);
});

test('a peer that goes away rejects with an IoError that names the region', async () => {
  const whole = patternBytes(24 << 20);
  const pool = new SlabPool({ checked: true });
  const { sender, receiver } = await socketPair();
  receiver.pause();
  const region = { file: fileOf(whole), position: 100, length: whole.length - 100 };
  const sending = sendRegion(region, sender, { pool });
  await turns(20);
  receiver.destroy();
  const error = await errorOf(sending);
  expect(error).toBeInstanceOf(IoError);
  expect(error).toMatchObject({
    code: 'IO_CLOSED',
    context: { path: region.file.path, position: 100, length: whole.length - 100 },
  });
  pool.assertNoLeaks();
  if (!sender.closed) await once(sender, 'close');
});

test('a stream ended or destroyed before is refused and no slab leased', async () => {
  const pool = new SlabPool({ checked: true });
  const region = { file: fileOf(patternBytes(10)), position: 0, length: 10 };
  const ended = new PassThrough();
  ended.end();
  expect(await codeOfPromise(sendRegion(region, ended, { pool }))).toBe('IO_CLOSED');
  const destroyed = new PassThrough();
  destroyed.destroy();
  expect(await codeOfPromise(sendRegion(region, destroyed, { pool }))).toBe('IO_CLOSED');
  pool.assertNoLeaks();
});

test('a failing stream rejects with IO_FAILED and its own error as cause', async () => {
  const pool = new SlabPool({ checked: true });
  const broken = Object.assign(new Error('disk full'), { code: 'ENOSPC' });
  const target = new Writable({ write: (_chunk, _encoding, callback) => callback(broken) });
  const region = {
    file: fileOf(patternBytes(3 * pieceBytes)),
    position: 0,
    length: 3 * pieceBytes,
  };
  const error = await errorOf(sendRegion(region, target, { pool, pieceBytes }));
  expect(error).toMatchObject({ code: 'IO_FAILED', cause: broken, context: { errno: 'ENOSPC' } });
  pool.assertNoLeaks();
});

test.for(['sync', 'async'] as const)(
  'a file shorter than the region rejects with IO_SHORT_READ at its end, with %s reads',
  async (reads) => {
    const pool = new SlabPool({ checked: true });
    const whole = patternBytes(3 * pieceBytes + 10);
    const file = fileOf(whole);
    const { sender, receiver } = await socketPair();
    const received = buffer(receiver);
    const region = { file, position: 5, length: 4 * pieceBytes };
    const error = await errorOf(sendRegion(region, sender, { pool, pieceBytes, reads }));
    expect(error).toBeInstanceOf(IoError);
    expect(error).toMatchObject({
      code: 'IO_SHORT_READ',
      context: { path: file.path, position: whole.length },
    });
    pool.assertNoLeaks();
    expect(sender.destroyed).toBe(false);
    sender.end();
    // Whole pieces only: nothing of the piece that came short.
    expect(Buffer.compare(await received, whole.subarray(5, 5 + 3 * pieceBytes))).toBe(0);
  },
);

test.for(['sync', 'async'] as const)(
  'a failing read rejects as it is, with %s reads',
  async (reads) => {
    const pool = new SlabPool({ checked: true });
    const broken = new IoError('IO_FAILED', 'bad sector');
    const fail = (): never => {
      throw broken;
    };
    const file = double(fileOf(patternBytes(100)), { readSync: fail, read: async () => fail() });
    const region = { file, position: 0, length: 100 };
    const error = await errorOf(sendRegion(region, new HoldingWritable(), { pool, reads }));
    expect(error).toBe(broken);
    pool.assertNoLeaks();
  },
);

test('a fast receiver does not keep others from the event loop', async () => {
  const pieces = 64;
  const file = fileOf(patternBytes(pieces * pieceBytes));
  let readsThisTurn = 0;
  let mostReads = 0;
  const counted = double(file, {
    readSync: (target, start, length, position) => {
      mostReads = Math.max(mostReads, ++readsThisTurn);
      return file.readSync(target, start, length, position);
    },
  });
  const target = new TakingWritable();
  let isSending = true;
  const onTurn = (): void => {
    readsThisTurn = 0;
    if (isSending) setImmediate(onTurn);
  };
  setImmediate(onTurn);
  await sendRegion({ file: counted, position: 0, length: pieces * pieceBytes }, target, {
    pieceBytes,
    windowPieces: 4,
  });
  isSending = false;
  // Our counter is reset once a turn, before or after the sender's share: two shares at most.
  expect(mostReads).toBeLessThanOrEqual(8);
});

test('progress ascends to the length, and what it throws fails the send', async () => {
  const length = 3 * pieceBytes + 1;
  const region = { file: fileOf(patternBytes(length)), position: 0, length };
  const seen: number[] = [];
  await sendRegion(region, new TakingWritable(), {
    pieceBytes,
    onProgress: (sent) => seen.push(sent),
  });
  expect(seen).toEqual([4096, 8192, 12288, length]);
  const pool = new SlabPool({ checked: true });
  const stop = new Error('stop');
  const onProgress = (): void => {
    throw stop;
  };
  expect(
    await errorOf(sendRegion(region, new TakingWritable(), { pool, pieceBytes, onProgress })),
  ).toBe(stop);
  pool.assertNoLeaks();
});

test('a pool with room for one piece slows the send and an empty one fails it', async () => {
  const whole = patternBytes(5 * pieceBytes);
  const region = { file: fileOf(whole), position: 0, length: whole.length };
  const pool = new SlabPool({ budgetBytes: pieceBytes });
  const target = new PassThrough({ highWaterMark: 1 << 20 });
  await sendRegion(region, target, { pool, pieceBytes, windowPieces: 4 });
  expect(pool.leasedBytes).toBe(0);
  const empty = new SlabPool({ budgetBytes: 0 });
  const refused = sendRegion(region, target, { pool: empty, pieceBytes });
  expect(await codeOfPromise(refused)).toBe('BUFFER_EXHAUSTED');
  expect(target.destroyed).toBe(false);
});

test('one stream takes region after region and keeps no listener of ours', async () => {
  const whole = patternBytes(20 * 100);
  const file = fileOf(whole);
  const { sender, receiver } = await socketPair();
  const received = buffer(receiver);
  const listeners = [sender.listenerCount('error'), sender.listenerCount('close')];
  const { signal } = new AbortController();
  for (let i = 0; i < 20; i++) {
    await sendRegion({ file, position: i * 100, length: 100 }, sender, { signal });
  }
  expect([sender.listenerCount('error'), sender.listenerCount('close')]).toEqual(listeners);
  sender.end();
  expect(Buffer.compare(await received, whole)).toBe(0);
});

test('files, compressors, HTTP responses and, by copies, PassThrough get the region too', async () => {
  const whole = patternBytes(300_000);
  const region = { file: fileOf(whole), position: 0, length: whole.length };
  const pool = new SlabPool({ checked: true });
  const options = { pool, pieceBytes: 65536 };

  const path = temporaryPath();
  const stream = createWriteStream(path);
  await sendRegion(region, stream, options);
  stream.end();
  await once(stream, 'close');
  expect(Buffer.compare(readFileSync(path), whole)).toBe(0);

  const gzip = createGzip();
  const zipped = buffer(gzip);
  await sendRegion(region, gzip, options);
  gzip.end();
  expect(Buffer.compare(gunzipSync(await zipped), whole)).toBe(0);

  const pass = new PassThrough();
  const passed = buffer(pass);
  await sendRegion(region, pass, { ...options, keepsBytes: true });
  pass.end();
  expect(Buffer.compare(await passed, whole)).toBe(0);

  const server = http.createServer((_request, response) => {
    void sendRegion(region, response, options).then(() => response.end());
  });
  const answer = await fetch(`http://127.0.0.1:${await portOf(server)}/`);
  expect(Buffer.compare(Buffer.from(await answer.arrayBuffer()), whole)).toBe(0);
  server.close();
  server.closeAllConnections();
  pool.assertNoLeaks();
});

test('what can never work is refused before anything is read', async () => {
  const file = fileOf(patternBytes(10));
  const target = new PassThrough();
  const region = { file, position: 0, length: 10 };
  const bad = [
    sendRegion({ ...region, position: -1 }, target),
    sendRegion({ ...region, length: 0.5 }, target),
    sendRegion({ ...region, position: 1, length: Number.MAX_SAFE_INTEGER }, target),
    sendRegion(region, target, { pieceBytes: 0 }),
    sendRegion(region, target, { windowPieces: 0 }),
  ];
  for (const call of bad) expect(await codeOfPromise(call)).toBe('IO_INVALID_ARGUMENT');
});
