/** The file layer against the system calls it stands on. */
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AppendFile, GroupCommit, nodeFileSystem } from '../../native-free-io/index.ts';
import type { WorkloadFactory } from '../harness/workload.ts';

const pieceBytes = 1 << 20;
const pieces = 512;

export const appendRaw: WorkloadFactory = async (scratch) => {
  const piece = new Uint8Array(pieceBytes).fill(0x61);
  const path = join(scratch, 'appended');
  const bytes = pieceBytes * pieces;
  return {
    name: 'append 1 MiB pieces',
    unit: 'MB/s',
    parameters: { pieces, pieceBytes },
    rounds: 7,
    contenders: [
      {
        name: 'raw writeSync',
        async run() {
          rmSync(path, { force: true });
          const fd = openSync(path, 'w');
          for (let index = 0; index < pieces; index++) writeSync(fd, piece, 0, pieceBytes);
          closeSync(fd);
          return { bytes, operations: pieces };
        },
      },
      {
        name: 'varve FileHandle.writeSync',
        async run() {
          rmSync(path, { force: true });
          const file = nodeFileSystem.openSync(path, 'createNew');
          for (let index = 0; index < pieces; index++) {
            file.writeSync(piece, 0, pieceBytes, index * pieceBytes);
          }
          file.closeSync();
          return { bytes, operations: pieces };
        },
      },
      {
        name: 'varve AppendFile',
        async run() {
          rmSync(path, { force: true });
          const file = await AppendFile.open(nodeFileSystem, path);
          for (let index = 0; index < pieces; index++) file.append(piece, 0, pieceBytes);
          file.flush();
          await file.close();
          return { bytes, operations: pieces };
        },
      },
    ],
    targets: [
      { contender: 'varve FileHandle.writeSync', over: 'raw writeSync', atLeast: 0.95 },
      { contender: 'varve AppendFile', over: 'raw writeSync', atLeast: 0.95 },
    ],
  };
};

const recordBytes = 100;
const waiters = 1000;

export const groupCommit: WorkloadFactory = async (scratch) => {
  const record = new Uint8Array(recordBytes).fill(0x61);
  return {
    name: 'group commit',
    unit: 'records/s',
    parameters: { recordBytes, waiters },
    contenders: [
      {
        name: 'one at a time, fdatasync each',
        async run() {
          const fd = openSync(join(scratch, 'single'), 'w');
          const count = 400;
          for (let index = 0; index < count; index++) {
            writeSync(fd, record);
            fdatasyncSync(fd);
          }
          closeSync(fd);
          return { bytes: 0, operations: count };
        },
      },
      {
        name: 'varve GroupCommit, 1,000 waiting',
        async run() {
          const file = nodeFileSystem.openSync(join(scratch, 'group'), 'create');
          const commits = new GroupCommit(() => file.sync());
          let position = 0;
          const perWaiter = 200;
          const producer = async (): Promise<void> => {
            for (let index = 0; index < perWaiter; index++) {
              file.writeSync(record, 0, recordBytes, position);
              position += recordBytes;
              await commits.commit();
            }
          };
          await Promise.all(Array.from({ length: waiters }, producer));
          file.closeSync();
          return { bytes: 0, operations: waiters * perWaiter };
        },
      },
    ],
    note:
      'The ratio follows the disk: a sync takes 0.2 ms on good days of this machine and 2 ms on bad ' +
      'ones, while a commit in a group costs 1 to 2 us of processor time on either.',
    targets: [
      {
        contender: 'varve GroupCommit, 1,000 waiting',
        over: 'one at a time, fdatasync each',
        atLeast: 200,
      },
    ],
  };
};
