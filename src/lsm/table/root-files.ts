/** The files by which HBase knows its root directory: `hbase.version` and `hbase.id`. */
import { joinPath } from '../../../native-free-io/index.ts';
import type { Env } from '../../env/index.ts';
import { writeFile } from '../region/small-files.ts';

/** Written last when a database is made. */
export const versionFile = 'hbase.version';

/** Makes them where they are missing; durable when it returns. */
export function prepareRoot(env: Env, dir: string): void {
  const { fs, random } = env;
  const version = joinPath(dir, versionFile);
  if (fs.statSync(version) !== undefined) return;
  const hex = Buffer.from(random.uuid()).toString('hex');
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const message = (text: string): Uint8Array =>
    Buffer.concat([Buffer.from('PBUF\n'), Buffer.of(text.length), Buffer.from(text)]);
  writeFile(fs, joinPath(dir, 'hbase.id'), message(id));
  // Last, so that a root with a version is whole.
  writeFile(fs, version, message('8'));
  fs.syncDirectorySync(dir);
}
