/**
 * Small requests over one connection and over fifty, pipelined and one at a time, beside the
 * ceiling: a server that sends back what it gets, asked for as many bytes by the same client.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Contender, WorkloadFactory } from '../harness/workload.ts';
import { startVarve, varveName } from './broker-process.ts';

interface Asking {
  readonly connections: number;
  /** On their way per connection. */
  readonly inFlight: number;
  readonly requests: number;
}

const echoName = 'echo server';
const echo = `require('node:net').createServer({ noDelay: true }, (s) => s.on('data', (d) => s.write(d)))
  .listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;

/** Metadata of no topics, version 1: the broker's own address comes back. */
const frame: Buffer = Buffer.from([0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 1, 0xff, 0xff, 0, 0, 0, 0]);

function asking(name: string, parameters: Asking): [string, WorkloadFactory] {
  const factory: WorkloadFactory = async (scratch) => {
    const varve = await startVarve(scratch);
    const child = spawn(process.execPath, ['-e', echo], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const port = Number(varve.bootstrap.split(':')[1]);
    const contender = (of: string, toPort: number): Contender => ({
      name: of,
      async run() {
        const { connections, requests } = parameters;
        const sockets = await connectAll(toPort, connections);
        const each = requests / connections;
        const began = performance.now();
        await Promise.all(sockets.map((socket) => pipeline(socket, each, parameters.inFlight)));
        const seconds = (performance.now() - began) / 1000;
        for (const socket of sockets) socket.destroy();
        return { bytes: requests * frame.length, operations: requests, seconds };
      },
    });
    return {
      name,
      unit: 'operations/s',
      parameters: { ...parameters, requestBytes: frame.length },
      contenders: [contender(echoName, Number(line)), contender(varveName, port)],
      targets: [{ contender: varveName, over: echoName, atLeast: 0.5 }],
      rounds: 7,
      async dispose() {
        child.kill();
        await varve.stop();
      },
    };
  };
  return [name, factory];
}

export const brokerRequests: Readonly<Record<string, WorkloadFactory>> = Object.fromEntries([
  asking('broker: small requests, 1 connection, pipelined', {
    connections: 1,
    inFlight: 128,
    requests: 400_000,
  }),
  asking('broker: small requests, 50 connections, one at a time', {
    connections: 50,
    inFlight: 1,
    requests: 100_000,
  }),
  asking('broker: small requests, 50 connections, pipelined', {
    connections: 50,
    inFlight: 16,
    requests: 400_000,
  }),
]);

async function connectAll(port: number, count: number): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () =>
    connect({ host: '127.0.0.1', port, noDelay: true }),
  );
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  return sockets;
}

/** Keeps `inFlight` frames on their way until all were answered. */
function pipeline(socket: Socket, requests: number, inFlight: number): Promise<void> {
  const many = Buffer.concat(Array.from({ length: inFlight }, () => frame));
  return new Promise((resolve, reject) => {
    let sent = 0;
    let answered = 0;
    const send = (count: number): void => {
      const next = Math.min(count, requests - sent);
      if (next <= 0) return;
      sent += next;
      socket.write(many.subarray(0, next * frame.length));
    };
    const frames = new FrameCounter();
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      const done = frames.count(chunk);
      answered += done;
      if (answered === requests) resolve();
      else send(done);
    });
    send(inFlight);
  });
}

/** How many frames end in what arrives; cheap, as the client has to keep up with the echo. */
class FrameCounter {
  /** Bytes of the frame under way that are still to come, beyond its length. */
  #left = 0;
  #lengthBytes = 0;
  #length = 0;

  count(chunk: Buffer): number {
    let ended = 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const taken = Math.min(this.#left, chunk.length - at);
        this.#left -= taken;
        at += taken;
      } else {
        this.#length = this.#length * 256 + chunk[at++]!;
        if (++this.#lengthBytes < 4) continue;
        this.#left = this.#length;
        this.#lengthBytes = 0;
        this.#length = 0;
      }
      if (this.#left === 0 && this.#lengthBytes === 0) ended++;
    }
    return ended;
  }
}
