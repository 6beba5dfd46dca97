/** A block to a TCP peer on loopback, verified and not, beside sendRegion of its file. */
import { nodeFileSystem, sendRegion } from '../../native-free-io/index.ts';
import type { WorkloadFactory } from '../harness/workload.ts';
import { storedBlock } from './blocks-read.ts';
import { nativeProgram, startSink, streaming } from './socket-sink.ts';

const bytes = 512 << 20;

export const blockToSocket: WorkloadFactory = async (scratch) => {
  const { store, id, path } = await storedBlock(scratch, bytes);
  const sink = await startSink(nativeProgram(scratch));
  const file = nodeFileSystem.openSync(path, 'read');
  const best = 'sendRegion of its file';
  return {
    name: 'block to socket',
    unit: 'GB/s',
    parameters: { bytes },
    rounds: 7,
    contenders: [
      streaming(best, sink, bytes, async (socket) => {
        await sendRegion({ file, position: 0, length: bytes }, socket);
        socket.end();
      }),
      streaming('varve transferTo, not verified', sink, bytes, async (socket) => {
        await store.transferTo(id, socket, { checksums: 'none' });
        socket.end();
      }),
      streaming('varve transferTo, verified', sink, bytes, async (socket) => {
        await store.transferTo(id, socket);
        socket.end();
      }),
    ],
    targets: [
      { contender: 'varve transferTo, not verified', over: best, atLeast: 0.9 },
      {
        contender: 'varve transferTo, verified',
        over: 'varve transferTo, not verified',
        atLeast: 0.8,
      },
    ],
    async dispose() {
      file.closeSync();
      sink.stop();
      await store.close();
    },
  };
};
