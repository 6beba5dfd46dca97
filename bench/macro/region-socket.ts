/**
 * How quick and how cheap a cached file reaches a TCP peer on loopback: sendRegion beside
 * `createReadStream().pipe()` and a native program that calls sendfile(2).
 *
 * The sink is a process of its own that reads and drops everything. Time runs from the first byte
 * sent to the sink's close; the sender's CPU time is that of its whole process, and the collector
 * of its own. One sender at a time.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { nodeFileSystem, sendRegion } from '../../native-free-io/index.ts';
import { repositoryRoot } from '../harness/repository.ts';
import type { Contender, WorkloadFactory } from '../harness/workload.ts';

const bytes = 1 << 30;
const baselines = join(repositoryRoot, 'bench/baselines');

/** A program with its first arguments. */
type Command = readonly [program: string, ...words: string[]];

export const regionToSocket: WorkloadFactory = async (scratch) => {
  const path = join(scratch, 'cached');
  makeFile(path);
  const native = nativeProgram(scratch);
  const sink = await startSink(native);
  const file = nodeFileSystem.openSync(path, 'read');
  const name = `sendfile(2), ${native.length === 1 ? 'C' : 'Python'}`;
  const stream = (label: string, send: (socket: Socket) => Promise<void>): Contender =>
    streaming(label, sink, send);
  return {
    name: 'file region to socket',
    unit: 'GB/s',
    parameters: { bytes },
    rounds: 7,
    contenders: [
      { name, run: () => sendNative(native, sink, path) },
      stream('varve sendRegion', async (socket) => {
        await sendRegion({ file, position: 0, length: bytes }, socket);
        socket.end();
      }),
      stream('createReadStream().pipe()', async (socket) => {
        createReadStream(path).pipe(socket);
      }),
    ],
    targets: [
      { contender: 'varve sendRegion', over: name, atLeast: 1 },
      { contender: 'varve sendRegion', over: name, cpuAtMost: 1.1 },
      { contender: 'varve sendRegion', over: 'createReadStream().pipe()', atLeast: 2.5 },
    ],
    async dispose() {
      file.closeSync();
      sink.stop();
    },
  };
};

function streaming(name: string, sink: Sink, send: (socket: Socket) => Promise<void>): Contender {
  let socket: Socket;
  return {
    name,
    async prepare() {
      socket = connect(sink.port, '127.0.0.1');
      await once(socket, 'connect');
      socket.resume();
    },
    async run() {
      const received = once(sink.lines, 'line');
      const closed = once(socket, 'close');
      await send(socket);
      await closed;
      checkReceived(await received);
      return { bytes, operations: 1 };
    },
  };
}

/** Bytes that no file system can keep as zeros, in the page cache. */
function makeFile(path: string): void {
  const piece = new Uint32Array(2 ** 18);
  for (let index = 0; index < piece.length; index++)
    piece[index] = Math.imul(index + 1, 0x9e3779b1);
  const fd = openSync(path, 'w');
  for (let at = 0; at < bytes; at += piece.byteLength) {
    piece[0] = at;
    writeSync(fd, piece, 0, Math.min(piece.byteLength, bytes - at));
  }
  closeSync(fd);
}

/** Compiled C, or Python where there is no compiler. */
function nativeProgram(scratch: string): Command {
  const program = join(scratch, 'sendfile');
  const made = spawnSync('cc', ['-O2', '-o', program, join(baselines, 'sendfile.c')]);
  return made.status === 0 ? [program] : ['python3', join(baselines, 'sendfile.py')];
}

interface Sink {
  readonly port: number;
  readonly lines: Interface;
  stop(): void;
}

async function startSink([program, ...words]: Command): Promise<Sink> {
  const child = spawn(program, [...words, 'sink'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout);
  const [first] = (await once(lines, 'line')) as [string];
  return { port: Number(first.split(' ')[1]), lines, stop: () => void child.kill() };
}

async function sendNative(
  [program, ...words]: Command,
  sink: Sink,
  path: string,
): ReturnType<Contender['run']> {
  const received = once(sink.lines, 'line');
  const args = [...words, 'send', String(sink.port), path, String(bytes)];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  checkReceived(await received);
  const { seconds, cpuSeconds } = JSON.parse(line) as { seconds: number; cpuSeconds: number };
  return { bytes, operations: 1, seconds, cpuSeconds };
}

function checkReceived(lines: readonly unknown[]): void {
  const report = JSON.parse(String(lines[0])) as { bytes: number };
  if (report.bytes !== bytes) throw new Error(`the sink got ${report.bytes} bytes of ${bytes}`);
}
