/**
 * Names and places of files in a volume.
 *
 *    <volume>/in_use.lock
 *    <volume>/current/VERSION
 *    <volume>/current/<pool>/current/VERSION
 *    <volume>/current/<pool>/current/finalized/subdir<D1>/subdir<D2>/blk_<id>, blk_<id>_<gs>.meta
 *    <volume>/current/<pool>/current/rbw/…, <volume>/current/<pool>/tmp/…
 *    <volume>/varve/…   what is ours alone; a DataNode does not look there
 *
 * Upstream: apache/hadoop: Block.java, DatanodeUtil.java (idToBlockDir).
 */

export const dataName: RegExp = /^blk_(-?\d{1,19})$/;
export const metaName: RegExp = /^blk_(-?\d{1,19})_(\d{1,19})\.meta$/;
/** A copy made to break a hard link before a write. */
export const unlinkedName: RegExp = /^blk_(-?\d{1,19}).*\.unlinked$/;
const poolName = /^BP-[\w.-]+$/;

export function dataFileName(id: bigint): string {
  return `blk_${id}`;
}

export function metaFileName(id: bigint, generationStamp: number): string {
  return `blk_${id}_${generationStamp}.meta`;
}

/** Whether a pool may be called so; the name becomes a directory. */
export function isPoolName(name: string): boolean {
  return poolName.test(name) && !name.includes('..');
}

/** Two directories below `finalized`, by bits of the id. */
export function finalizedSubdirectory(id: bigint): readonly [string, string] {
  const first = (id >> 16n) & 0x1fn;
  const second = (id >> 8n) & 0x1fn;
  return [`subdir${first}`, `subdir${second}`];
}
