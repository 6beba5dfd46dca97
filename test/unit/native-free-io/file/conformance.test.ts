/** Every file system of the floor against the one conformance suite. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CrashFileSystem,
  FaultFileSystem,
  MemoryFileSystem,
  NodeFileSystem,
} from '../../../../native-free-io/index.ts';
import { fileSystemConformance } from '../../../conformance/file-system.ts';

fileSystemConformance('node', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'varve-conformance-'));
  return {
    fs: new NodeFileSystem(),
    dir,
    dispose: () => rm(dir, { recursive: true, force: true }),
  };
});

fileSystemConformance('memory', async () => {
  const fs = new MemoryFileSystem();
  fs.makeDirectorySync('/data');
  return { fs, dir: '/data', dispose: async () => undefined };
});

fileSystemConformance('crash', async () => {
  const fs = new CrashFileSystem({ trace: true });
  fs.makeDirectorySync('/data');
  return { fs, dir: '/data', dispose: async () => undefined };
});

fileSystemConformance('crash, after one', async () => {
  const before = new CrashFileSystem();
  before.makeDirectorySync('/data');
  const fs = before.afterCrash('keep-all');
  return { fs, dir: '/data', dispose: async () => undefined };
});

fileSystemConformance('fault, over memory', async () => {
  const fs = new FaultFileSystem(new MemoryFileSystem());
  fs.makeDirectorySync('/data');
  return { fs, dir: '/data', dispose: async () => undefined };
});

fileSystemConformance('fault, over node', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'varve-conformance-'));
  return {
    fs: new FaultFileSystem(new NodeFileSystem()),
    dir,
    dispose: () => rm(dir, { recursive: true, force: true }),
  };
});

fileSystemConformance('fault, with rules that touch no byte', async () => {
  const timers = { after: (_ms: number, task: () => void) => task() };
  const fs = new FaultFileSystem(new MemoryFileSystem(), { timers });
  fs.addRule({ on: ['read', 'write'], times: Infinity, fault: { kind: 'delay', ms: 1 } });
  fs.addRule({ on: ['open', 'sync'], path: 'elsewhere', fault: { kind: 'error', errno: 'EIO' } });
  fs.makeDirectorySync('/data');
  return { fs, dir: '/data', dispose: async () => undefined };
});
