/** Index files of tests that need no log around them. */
import { joinPath, type FileSystem } from '../../../native-free-io/index.ts';
import { IndexCache } from '../../../src/log/index-cache.ts';
import { IndexFile } from '../../../src/log/index-file.ts';
import { OffsetIndex } from '../../../src/log/offset-index.ts';
import { TimeIndex } from '../../../src/log/time-index.ts';

export interface IndexPlace {
  readonly fs: FileSystem;
  readonly dir: string;
  readonly cache?: IndexCache;
}

function openFile(place: IndexPlace, name: string, entryBytes: number): IndexFile {
  const path = joinPath(place.dir, name);
  return IndexFile.open(place.fs, place.cache ?? new IndexCache(), path, {
    entryBytes,
    sizeBytes: place.fs.statSync(path)?.size,
  });
}

export function offsetIndexAt(place: IndexPlace, baseOffset = 0, maxBytes = 1024): OffsetIndex {
  return new OffsetIndex(openFile(place, 'test.index', 8), baseOffset, maxBytes);
}

export function timeIndexAt(place: IndexPlace, baseOffset = 0, maxBytes = 1024): TimeIndex {
  return new TimeIndex(openFile(place, 'test.timeindex', 12), baseOffset, maxBytes);
}
