/**
 * Writes the volume of a killed DataNode to test/fixtures/hdfs: finalized blocks, one that was
 * being written, every file as Hadoop left it. Run through make-fixtures.sh.
 *
 * Its lock names the process that made it, whose number may be anybody's later: so it is given
 * another owner.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesAt } from '../../helpers/byte-pattern.ts';
import { fixturesRoot } from '../repository.ts';
import { Hdfs } from './hdfs.ts';
import { hadoopVersion } from './jars.ts';
import { HadoopJvm } from './jvm.ts';

const folder = join(fixturesRoot, 'hdfs', hadoopVersion);
const work = mkdtempSync(join(tmpdir(), 'varve-fixtures-'));
const volume = join(work, 'data');
try {
  const jvm = await HadoopJvm.start();
  const hdfs = new Hdfs(jvm);
  await hdfs.startNameNode(join(work, 'name'));
  await hdfs.startDataNode([volume]);
  await hdfs.write('/closed', bytesAt(0, 1500), { blockSize: 1024 });
  await hdfs.hold('/open', bytesAt(0, 1000), { sync: true });
  await hdfs.hold('/open', bytesAt(1000, 77), { sync: true });
  await jvm.kill();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(volume, join(folder, 'killed'), { recursive: true });
} finally {
  rmSync(work, { recursive: true, force: true });
}
writeFileSync(join(folder, 'killed', 'in_use.lock'), '4711@datanode');
const made = {
  made: `a NameNode and a DataNode of Apache Hadoop ${hadoopVersion} in one JVM, killed with SIGKILL, by test/interop/hadoop/make-hdfs-fixtures.ts; in_use.lock was given another owner`,
  byte: 'byte n of a file is n * 7 + (n >> 8), modulo 256',
  files: {
    '/closed': '1500 bytes, block size 1024: blocks 1073741825 and 1073741826',
    '/open': '1000 bytes, hsync, 77 bytes, hsync, left open: block 1073741827 in rbw',
  },
};
writeFileSync(join(folder, 'case.json'), `${JSON.stringify(made, undefined, 2)}\n`);
