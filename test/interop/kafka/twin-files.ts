/**
 * When the files of Apache's log and of ours count as the same, and what ours is told before it
 * opens some.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { crc32c } from '../../../native-free-io/index.ts';
import type { KafkaJvm } from './jvm.ts';
import type { ApacheProducer } from './log-tool.ts';
import { readIndexes, type JavaIndexes } from './records.ts';
import { withoutSurplus } from './twin-answers.ts';

/** How the directories are taken up; both sides are told the same. */
export interface TwinOpening {
  readonly clean: boolean;
  readonly recoveryPoint?: number;
  readonly logStartOffset?: number;
}

const snapshotHeaderBytes = 10;
const snapshotEntryBytes = 46;

/** Apache makes the index files of an empty segment only when something looks at them. */
export function withoutUntouched(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).filter(([name, content]) => {
      const isEmptyIndex = content === '' && /\.(index|timeindex)$/.test(name);
      return !isEmptyIndex || files[`${name.slice(0, 20)}.log`] !== '';
    }),
  );
}

/** The same snapshots, entry by entry, and the same bytes but for the order of the entries. */
export async function expectSameSnapshots(
  jvm: KafkaJvm,
  dirs: { readonly ours: string; readonly theirs: string; readonly logStartOffset: number },
): Promise<void> {
  const ours = await snapshots(jvm, dirs.ours);
  const theirs = await snapshots(jvm, dirs.theirs);
  const start = dirs.logStartOffset;
  const kept: Record<string, unknown> = {};
  for (const [name, entries] of Object.entries(ours)) {
    const known = theirs[name];
    if (known !== undefined) {
      kept[name] = withoutSurplus(
        entries as unknown as ApacheProducer[],
        known as unknown as ApacheProducer[],
        start,
      );
    } else if (Number(name.slice(0, 20)) > start) {
      kept[name] = entries;
    }
  }
  expect(kept).toEqual(theirs);
  for (const name of Object.keys(theirs)) {
    expectSameSnapshotBytes(
      readFileSync(join(dirs.ours, name)),
      readFileSync(join(dirs.theirs, name)),
    );
  }
}

/** Snapshot entries as Apache's class reads them, ordered by producer. */
async function snapshots(jvm: KafkaJvm, dir: string): Promise<JavaIndexes> {
  const indexes = await readIndexes(jvm, dir);
  return Object.fromEntries(Object.entries(indexes).filter(([name]) => name.endsWith('.snapshot')));
}

/** Our entries, put into the order of theirs, make exactly their file, checksum included. */
function expectSameSnapshotBytes(ours: Buffer, theirs: Buffer): void {
  const inTheirOrder = new Map(entriesOf(theirs).map((entry, index) => [entry, index]));
  const shared = entriesOf(ours).filter((entry) => inTheirOrder.has(entry));
  shared.sort((a, b) => inTheirOrder.get(a)! - inTheirOrder.get(b)!);
  const bytes = Buffer.concat([
    ours.subarray(0, snapshotHeaderBytes),
    Buffer.from(shared.join(''), 'hex'),
  ]);
  bytes.writeInt32BE(shared.length, 6);
  bytes.writeUInt32BE(crc32c(bytes, 6, bytes.length), 2);
  expect(bytes.toString('hex')).toBe(theirs.toString('hex'));
}

function entriesOf(snapshot: Buffer): string[] {
  const entries: string[] = [];
  for (let at = snapshotHeaderBytes; at < snapshot.length; at += snapshotEntryBytes) {
    entries.push(snapshot.toString('hex', at, at + snapshotEntryBytes));
  }
  return entries;
}

/**
 * Tells our log what Apache's is told by its log manager: whether the last close was in order, and
 * from where on to recover.
 */
export function leaveCheckpoint(dir: string, how: Required<TwinOpening>): void {
  const { recoveryPoint, logStartOffset } = how;
  const last = readdirSync(dir)
    .filter((name) => name.endsWith('.log'))
    .sort()
    .at(-1);
  const clean =
    !how.clean || last === undefined
      ? null
      : {
          logEndOffset: 0,
          activeBaseOffset: Number(last.slice(0, 20)),
          activeSize: statSync(join(dir, last)).size,
        };
  const checkpoint = { version: 1, logStartOffset, recoveryPoint, clean };
  writeFileSync(join(dir, '.varve_checkpoint'), JSON.stringify(checkpoint));
}
