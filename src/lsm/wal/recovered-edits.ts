/**
 * Files of recovered edits: what a log held of one region, in the region's own directory.
 *
 *    recovered.edits/<highest sequence id, 19 digits>           a log of that region alone
 *    recovered.edits/<first id, 19 digits>-<log name>.temp      one that is being written
 *
 * Upstream: apache/hbase: hbase-server/.../wal/WALSplitUtil.java (Apache-2.0); code our own.
 */
import { joinPath, type FileSystem } from '../../../native-free-io/index.ts';

export const recoveredEditsDirectory = 'recovered.edits';
const digits = 19;

export function recoveredEditsName(sequenceId: number): string {
  return String(sequenceId).padStart(digits, '0');
}

export function recoveredEditsTemporaryName(firstId: number, walName: string): string {
  return `${recoveredEditsName(firstId)}-${walName}.temp`;
}

export interface RecoveredEdits {
  readonly path: string;
  /** Highest sequence id in the file. */
  readonly sequenceId: number;
}

/** The whole files in a region's directory, in the order in which they are to be replayed. */
export function listRecoveredEdits(fs: FileSystem, regionDirectory: string): RecoveredEdits[] {
  const directory = joinPath(regionDirectory, recoveredEditsDirectory);
  if (fs.statSync(directory) === undefined) return [];
  return fs
    .listSync(directory)
    .filter(({ kind, name }) => kind === 'file' && /^-?\d{1,19}$/.test(name))
    .map(({ name }) => ({ path: joinPath(directory, name), sequenceId: Number(name) }))
    .filter(({ path }) => (fs.statSync(path)?.size ?? 0) > 0)
    .sort((a, b) => a.sequenceId - b.sequenceId);
}
