/** Every file system of the floor against the one conformance suite. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CrashFileSystem,
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
