/**
 * How quick and how cheap a cached file reaches a TCP peer on loopback: sendRegion beside
 * `createReadStream().pipe()` and a native program that calls sendfile(2).
 *
 * The sink is a process of its own that reads and drops everything. Time runs from the first byte
 * sent to the sink's close; the sender's CPU time is that of its whole process, and the collector
 * of its own. One sender at a time.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { nodeFileSystem, sendRegion } from '../../native-free-io/index.ts';
import type { Contender, WorkloadFactory } from '../harness/workload.ts';
import {
  checkReceived,
  nativeProgram,
  startSink,
  streaming,
  type Command,
  type Sink,
} from './socket-sink.ts';

const bytes = 1 << 30;

export const regionToSocket: WorkloadFactory = async (scratch) => {
  const path = join(scratch, 'cached');
  makeFile(path);
  const native = nativeProgram(scratch);
  const sink = await startSink(native);
  const file = nodeFileSystem.openSync(path, 'read');
  const name = `sendfile(2), ${native.length === 1 ? 'C' : 'Python'}`;
  const stream = (label: string, send: (socket: Socket) => Promise<void>): Contender =>
    streaming(label, sink, bytes, send);
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

async function sendNative(
  [program, ...words]: Command,
  sink: Sink,
  path: string,
): ReturnType<Contender['run']> {
  const received = once(sink.lines, 'line');
  const args = [...words, 'send', String(sink.port), path, String(bytes)];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  checkReceived(await received, bytes);
  const { seconds, cpuSeconds } = JSON.parse(line) as { seconds: number; cpuSeconds: number };
  return { bytes, operations: 1, seconds, cpuSeconds };
}
