/**
 * Segments waiting to be merged, and merging them down until few enough are left.
 *
 * Passes by Hadoop's rule: with s segments on disk and a factor f, while s > f, the first pass
 * takes (s - 1) mod (f - 1) + 1 of them (f when that is 1), every later one f, always the smallest.
 * So the last merge is of full width and the least is written twice. Segments in memory join the
 * first pass on top of its width. Empty segments do not count.
 *
 * Upstream: apache/hadoop: mapred/Merger.java (Apache-2.0); rule kept, code our own.
 */
import {
  joinPath,
  type Codec,
  type FileHandle,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import type { RawComparator } from '../../hadoop/index.ts';
import { endBytes } from '../format/ifile-layout.ts';
import { SegmentReader } from '../format/segment-reader.ts';
import { SegmentWriter } from '../format/segment-writer.ts';
import type { SegmentPlace } from '../format/spill-index.ts';
import { mergeSources } from './merge-stream.ts';
import type { SortedSource } from './sorted-source.ts';

/** A segment in a file, or its stream in memory. `rawLength` counts both alike. */
export interface Segment {
  readonly path: string;
  readonly rawLength: number;
  /** Undefined: in a file. */
  readonly bytes?: Uint8Array;
  readonly place?: SegmentPlace;
  readonly codec?: Codec | undefined;
  /** The file holds nothing else and goes once it was merged. */
  readonly isTemporary: boolean;
}

export function isEmptySegment({ rawLength }: Pick<Segment, 'rawLength'>): boolean {
  return rawLength <= endBytes;
}

export interface MergeSettings {
  readonly fs: FileSystem;
  /** Where results of passes go. */
  readonly dir: string;
  readonly factor: number;
  readonly compare: RawComparator;
  /** Of results of passes. */
  readonly codec: Codec | undefined;
  /** Told how many records a pass wrote to disk. */
  readonly onSpilled: (records: number) => void;
}

/** Segments in a first pass over `count`, Merger's rule. */
export function firstPassWidth(count: number, factor: number): number {
  if (count <= factor || factor === 1) return count;
  const rest = (count - 1) % (factor - 1);
  return rest === 0 ? factor : rest + 1;
}

/** Open segments as sources; `close` gives the files back. */
export class OpenSegments implements Disposable {
  readonly sources: SortedSource[] = [];
  readonly #files: FileHandle[] = [];

  constructor(fs: FileSystem, segments: readonly Segment[], windowBytes?: number) {
    try {
      for (const segment of segments) this.sources.push(this.#open(fs, segment, windowBytes));
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  #open(fs: FileSystem, segment: Segment, windowBytes: number | undefined): SortedSource {
    if (segment.bytes !== undefined) return SegmentReader.ofBytes(segment.bytes, segment.path);
    const file = fs.openSync(segment.path, 'read');
    this.#files.push(file);
    const { codec } = segment;
    const window = windowBytes === undefined ? {} : { windowBytes };
    return SegmentReader.ofFile(file, segment.place!, { codec, ...window });
  }

  [Symbol.dispose](): void {
    for (const file of this.#files.splice(0)) file.closeSync();
  }
}

/** Names of merge results in a directory. */
export class MergeNames {
  #next = 0;
  readonly #dir: string;
  readonly #prefix: string;

  constructor(dir: string, prefix: string) {
    this.#dir = dir;
    this.#prefix = prefix;
  }

  next(): string {
    return joinPath(this.#dir, `${this.#prefix}.${this.#next++}`);
  }
}

/** Merges passes until at most `factor` segments are on disk; gives what is left, memory first. */
export function mergeDown(
  segments: readonly Segment[],
  names: MergeNames,
  settings: MergeSettings,
): Segment[] {
  const alive = segments.filter((segment) => !isEmptySegment(segment));
  let inMemory = alive.filter((segment) => segment.bytes !== undefined);
  const onDisk = alive.filter((segment) => segment.bytes === undefined);
  if (onDisk.length <= settings.factor) return [...inMemory, ...onDisk];
  onDisk.sort(bySize);
  let width = firstPassWidth(onDisk.length, settings.factor);
  while (onDisk.length > settings.factor) {
    const taken = onDisk.splice(0, width);
    const merged = mergeToFile([...inMemory, ...taken], names.next(), settings);
    inMemory = [];
    insertBySize(onDisk, merged);
    width = settings.factor;
  }
  return [...inMemory, ...onDisk];
}

/** Merges segments into a file of one segment; temporary ones are removed. */
export function mergeToFile(
  segments: readonly Segment[],
  path: string,
  settings: MergeSettings,
  write: (source: SortedSource, writer: SegmentWriter) => number = copyRecords,
): Segment {
  const { fs, codec } = settings;
  using writer = new SegmentWriter(fs.openSync(path, 'createNew'), codec);
  using open = new OpenSegments(fs, segments);
  const records = write(mergeSources(open.sources, settings.compare), writer);
  const place = writer.finish();
  writer.close();
  settings.onSpilled(records);
  removeTemporary(fs, segments);
  return { path, rawLength: place.rawLength, place, codec, isTemporary: true };
}

export function removeTemporary(fs: FileSystem, segments: readonly Segment[]): void {
  for (const segment of segments) {
    if (segment.isTemporary) fs.removeFileSync(segment.path);
  }
}

/** Copies whole frames; returns how many. */
export function copyRecords(source: SortedSource, writer: SegmentWriter): number {
  let records = 0;
  while (source.next()) {
    writer.appendFrames(source.bytes, source.frameStart, source.valueEnd);
    records++;
  }
  return records;
}

function bySize(a: Segment, b: Segment): number {
  return a.rawLength - b.rawLength;
}

function insertBySize(segments: Segment[], segment: Segment): void {
  const at = segments.findIndex((one) => one.rawLength > segment.rawLength);
  segments.splice(at < 0 ? segments.length : at, 0, segment);
}
