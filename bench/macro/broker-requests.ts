/**
 * Small requests pipelined over one connection, beside the ceiling: a server that sends back what
 * it gets, asked for as many bytes by the same client.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Contender, WorkloadFactory } from '../harness/workload.ts';
import { startVarve } from './broker-process.ts';

const inFlight = 128;
const requests = 200_000;

const echo = `require('node:net').createServer({ noDelay: true }, (s) => s.on('data', (d) => s.write(d)))
  .listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;

/** Metadata of no topics, version 1: the broker's own address comes back. */
function metadataFrame(): Buffer {
  const frame = Buffer.from([0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 1, 0xff, 0xff, 0, 0, 0, 0]);
  return frame;
}

export const pipelinedRequests: WorkloadFactory = async (scratch) => {
  const varve = await startVarve(scratch);
  const child = spawn(process.execPath, ['-e', echo], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const [host, port] = varve.bootstrap.split(':') as [string, string];
  const frame = metadataFrame();
  const contender = (name: string, toPort: number): Contender => ({
    name,
    async run() {
      const socket = connect({ host, port: toPort, noDelay: true });
      await once(socket, 'connect');
      await pipeline(socket, frame);
      socket.destroy();
      return { bytes: requests * frame.length, operations: requests };
    },
  });
  return {
    name: 'broker: small requests, pipelined',
    unit: 'operations/s',
    parameters: { requests, inFlight, requestBytes: frame.length },
    contenders: [contender('echo server', Number(line)), contender('varve', Number(port))],
    targets: [{ contender: 'varve', over: 'echo server', atLeast: 0.5 }],
    rounds: 5,
    async dispose() {
      child.kill();
      await varve.stop();
    },
  };
};

/** Keeps `inFlight` frames on their way until all were answered. */
function pipeline(socket: Socket, frame: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    let answered = 0;
    const send = (count: number): void => {
      const many = Math.min(count, requests - sent);
      if (many <= 0) return;
      sent += many;
      socket.write(Buffer.concat(Array.from({ length: many }, () => frame)));
    };
    let rest: Buffer = Buffer.alloc(0);
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let done = 0;
      while (bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0)) {
        bytes = bytes.subarray(4 + bytes.readInt32BE(0));
        done++;
      }
      rest = bytes;
      answered += done;
      if (answered === requests) resolve();
      else send(done);
    });
    send(inFlight);
  });
}
