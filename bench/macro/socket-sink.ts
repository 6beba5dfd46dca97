/** A TCP peer on loopback, a process of its own, that reads and drops everything. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { repositoryRoot } from '../harness/repository.ts';
import type { Contender } from '../harness/workload.ts';

export const baselines: string = join(repositoryRoot, 'bench/baselines');

/** A program with its first arguments. */
export type Command = readonly [program: string, ...words: string[]];

/** Sends through a socket of this process; time runs until the peer closed. */
export function streaming(
  name: string,
  sink: Sink,
  bytes: number,
  send: (socket: Socket) => Promise<void>,
): Contender {
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
      checkReceived(await received, bytes);
      return { bytes, operations: 1 };
    },
  };
}

/** Compiled C, or Python where there is no compiler. */
export function nativeProgram(scratch: string): Command {
  const program = join(scratch, 'sendfile');
  const made = spawnSync('cc', ['-O2', '-o', program, join(baselines, 'sendfile.c')]);
  return made.status === 0 ? [program] : ['python3', join(baselines, 'sendfile.py')];
}

export interface Sink {
  readonly port: number;
  readonly lines: Interface;
  stop(): void;
}

export async function startSink([program, ...words]: Command): Promise<Sink> {
  const child = spawn(program, [...words, 'sink'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout);
  const [first] = (await once(lines, 'line')) as [string];
  return { port: Number(first.split(' ')[1]), lines, stop: () => void child.kill() };
}

export function checkReceived(lines: readonly unknown[], bytes: number): void {
  const report = JSON.parse(String(lines[0])) as { bytes: number };
  if (report.bytes !== bytes) throw new Error(`the sink got ${report.bytes} bytes of ${bytes}`);
}
