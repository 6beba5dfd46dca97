/**
 * Random histories of names against what must hold after any crash, and the sweep that stores use:
 * a crash at every operation of a protocol, which must find the sound one sound and the others not.
 */
import { describe, expect, test } from 'vitest';
import {
  atomicReplaceSync,
  CrashFileSystem,
  SimulatedCrash,
  type CrashMoment,
  type FileSystem,
} from '../../../../native-free-io/index.ts';
import { snapshot } from './crash-helpers.ts';
import { chosenSeed, put, seeded, textOf } from './disk-helpers.ts';

const histories = 150;
const stepsOfHistory = 40;

test('a file that was durable and only moved has exactly one name after any crash', () => {
  const base = chosenSeed();
  for (let history = 0; history < histories; history++) {
    const seed = base + history;
    const next = seeded(seed);
    const fs = new CrashFileSystem({ trace: true });
    const wereDurable = new Set<string>();
    for (let step = 0; step < stepsOfHistory; step++) {
      moveSomething(fs, next, step);
      for (const id of filesIn(fs.afterCrash('lose-all')).keys()) wereDurable.add(id);
      const where = `VARVE_TEST_SEED=${seed}\n${fs.trace.join('\n')}`;
      expect(snapshot(fs.afterCrash('keep-all')), where).toBe(snapshot(fs));
      const outcome = fs.afterCrash('random', step);
      expect(snapshot(fs.clone().afterCrash('random', step)), where).toBe(snapshot(outcome));
      const found = filesIn(outcome);
      for (const [id, count] of found) expect(count, `${id} ${where}`).toBe(1);
      for (const id of wereDurable) expect(found.get(id), `${id} ${where}`).toBe(1);
    }
    for (const path of directoriesIn(fs)) fs.syncDirectorySync(path);
    expect(snapshot(fs.afterCrash('lose-all'))).toBe(snapshot(fs));
  }
});

describe('a crash at every operation of replacing a file', () => {
  test('finds the old or the new contents when every step is synced', () => {
    expect(brokenPromises(atomicReplaceSync)).toEqual(new Set());
  });

  test('finds torn contents when the file is not synced before the rename', () => {
    const found = brokenPromises((fs, path, bytes) => {
      putBytes(fs, `${path}.tmp`, bytes, false);
      fs.renameSync(`${path}.tmp`, path);
      fs.syncDirectorySync('/');
    });
    expect(found).toContain('torn');
  });

  test('finds a lost promise when the directory is not synced', () => {
    const found = brokenPromises((fs, path, bytes) => {
      putBytes(fs, `${path}.tmp`, bytes, true);
      fs.renameSync(`${path}.tmp`, path);
    });
    expect(found).toEqual(new Set(['older than promised']));
  });

  test('finds torn contents when the file is overwritten in place', () => {
    expect(brokenPromises((fs, path, bytes) => putBytes(fs, path, bytes, true))).toContain('torn');
  });

  test('finds the file gone when the old one is removed first', () => {
    const found = brokenPromises((fs, path, bytes) => {
      putBytes(fs, `${path}.tmp`, bytes, true);
      fs.removeFileSync(path);
      fs.renameSync(`${path}.tmp`, path);
      fs.syncDirectorySync('/');
    });
    expect(found).toEqual(new Set(['gone']));
  });
});

/** One random step: a new durable-to-be file, a move of a file or directory, a sync, an end. */
function moveSomething(fs: CrashFileSystem, next: (limit: number) => number, step: number): void {
  const directories = directoriesIn(fs);
  const anyOf = (paths: readonly string[]): string => paths[next(paths.length)] ?? '/';
  const inside = (name: string): string => `${anyOf(directories)}/${name}`.replace('//', '/');
  const kind = next(12);
  try {
    if (kind < 3) {
      const path = inside(`f${step}`);
      put(fs, path, `id-${step}`);
      const file = fs.openSync(path, 'write');
      file.syncSync();
      file.closeSync();
    } else if (kind < 5) fs.makeDirectorySync(inside(`d${next(4)}`));
    else if (kind < 7) fs.renameSync(anyOf(directories), inside(`d${next(4)}`));
    else if (kind < 9) {
      const files = [...pathsOf(fs, 'file')];
      if (files.length > 0) fs.renameSync(anyOf(files), inside(`m${step}`));
    } else if (kind < 10) fs.removeDirectorySync(anyOf(directories));
    else fs.syncDirectorySync(anyOf(directories));
  } catch (error) {
    // A refused move is part of the history; nothing else may go wrong.
    expect(String(error)).toMatch(/EBUSY|EINVAL|ENOTEMPTY|ENOTDIR/);
  }
}

/** How often each file, known by its contents, is found. */
function filesIn(fs: FileSystem): Map<string, number> {
  const found = new Map<string, number>();
  for (const path of pathsOf(fs, 'file')) {
    const id = textOf(fs, path) ?? '';
    if (id !== '') found.set(id, (found.get(id) ?? 0) + 1);
  }
  return found;
}

function directoriesIn(fs: FileSystem): string[] {
  return ['/', ...pathsOf(fs, 'directory')];
}

function* pathsOf(fs: FileSystem, wanted: string, path = ''): Generator<string> {
  for (const { name, kind } of fs.listSync(path || '/')) {
    const child = `${path}/${name}`;
    if (kind === wanted) yield child;
    if (kind === 'directory') yield* pathsOf(fs, wanted, child);
  }
}

type Replace = (fs: FileSystem, path: string, bytes: Uint8Array) => void;

const versions = [1, 2, 3].map((version) => new Uint8Array(3000).fill(version));

/** What goes wrong, over all operations, moments, policies and some seeds. */
function brokenPromises(replace: Replace): Set<string> {
  const found = new Set<string>();
  const { operations } = replaceUntilCrash(replace, Number.MAX_SAFE_INTEGER, 'before').fs;
  for (let index = 0; index <= operations; index++) {
    for (const moment of ['before', 'halfway', 'after'] as const) {
      const { fs, promised } = replaceUntilCrash(replace, index, moment);
      for (let seed = -2; seed < 30; seed++) {
        const policy = seed === -2 ? 'lose-all' : seed === -1 ? 'keep-all' : 'random';
        const verdict = judged(fs.afterCrash(policy, seed), promised);
        if (verdict !== undefined) found.add(verdict);
      }
    }
  }
  return found;
}

function replaceUntilCrash(
  replace: Replace,
  index: number,
  moment: CrashMoment,
): { fs: CrashFileSystem; promised: number } {
  const prepared = new CrashFileSystem();
  put(prepared, '/f', '');
  const fs = prepared.afterCrash('keep-all');
  fs.crashAt(index, moment);
  let promised = 0;
  try {
    for (const bytes of versions) {
      replace(fs, '/f', bytes);
      promised++;
    }
  } catch (error) {
    if (!(error instanceof SimulatedCrash)) throw error;
  }
  return { fs, promised };
}

function judged(after: CrashFileSystem, promised: number): string | undefined {
  const text = textOf(after, '/f');
  if (text === undefined) return 'gone';
  const version = text.length === 0 ? 0 : (text.codePointAt(0) ?? 0);
  const isWhole = text === String.fromCodePoint(version).repeat(version === 0 ? 0 : 3000);
  if (!isWhole) return 'torn';
  return version < promised ? 'older than promised' : undefined;
}

function putBytes(fs: FileSystem, path: string, bytes: Uint8Array, isSynced: boolean): void {
  const file = fs.openSync(path, 'create');
  try {
    file.truncateSync(0);
    file.writeSync(bytes, 0, bytes.length, 0);
    if (isSynced) file.syncSync();
  } finally {
    file.closeSync();
  }
}
