/**
 * Reduce side of the shuffle: the segments of one partition, from the outputs of all maps, brought
 * together until few enough are left to be merged as they are reduced.
 *
 *     memory limit      reduceMemoryBytes × 0.70
 *     largest in memory memory limit × 0.25; a larger segment is read in the map's file
 *     merge in memory   when memory limit × 0.66 is held: combined, into one file
 *     merge on disk     when 2 × factor - 1 files are there: the factor smallest
 *     at the end        memory beyond reduceMemoryBytes × reduceInputPercent goes to a file while
 *                       fewer files than the factor are there, and joins the multi-pass merge else
 *
 * Nothing is copied between workers: a segment is a region of a file that another worker wrote.
 * What is held in memory was checked against its CRC when it was read, what is not is when it is
 * merged.
 *
 * Upstream: apache/hadoop: mapreduce/task/reduce/MergeManagerImpl.java (Apache-2.0); thresholds
 * kept, code our own. A large segment is not copied to a disk of its own first.
 */
import {
  InvalidArgumentError,
  type Codec,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import type { RawComparator } from '../../hadoop/index.ts';
import { endBytes } from '../format/ifile-layout.ts';
import { readStream } from '../format/segment-reader.ts';
import type { SegmentPlace } from '../format/spill-index.ts';
import type { Counters } from '../job/counters.ts';
import type { JobTuning } from '../job/plan.ts';
import type { Combiner } from '../map/sort-collector.ts';
import {
  copyRecords,
  isEmptySegment,
  mergeDown,
  MergeNames,
  mergeToFile,
  type MergeSettings,
  type Segment,
} from '../shuffle/segments.ts';

/** Where a map left the segment of this partition. */
export interface FetchedSegment {
  readonly path: string;
  readonly place: SegmentPlace;
}

export interface ReduceMergerOptions {
  readonly fs: FileSystem;
  /** Of the attempt; must exist. */
  readonly dir: string;
  readonly tuning: JobTuning;
  readonly compare: RawComparator;
  readonly codec: Codec | undefined;
  readonly combiner: Combiner | undefined;
  readonly counters: Counters;
}

export class ReduceMerger {
  readonly #options: ReduceMergerOptions;
  readonly #settings: MergeSettings;
  readonly #names: MergeNames;
  readonly #largestInMemory: number;
  readonly #mergeThreshold: number;
  #inMemory: Segment[] = [];
  #memoryUsed = 0;
  #onDisk: Segment[] = [];

  constructor(options: ReduceMergerOptions) {
    const { fs, dir, tuning, compare, codec, counters } = options;
    const memoryLimit = tuning.reduceMemoryBytes * tuning.shuffleInputPercent;
    this.#options = options;
    this.#largestInMemory = memoryLimit * tuning.shuffleMemoryLimitPercent;
    this.#mergeThreshold = memoryLimit * tuning.shuffleMergePercent;
    if (this.#largestInMemory >= this.#mergeThreshold) {
      throw new InvalidArgumentError(
        'OPTION_INVALID',
        'shuffleMemoryLimitPercent must be less than shuffleMergePercent',
      );
    }
    this.#names = new MergeNames(dir, 'merged');
    this.#settings = {
      fs,
      dir,
      factor: tuning.sortFactor,
      compare,
      codec,
      onSpilled: (records) => counters.addTask('SPILLED_RECORDS', records),
    };
  }

  /** Takes the segment of one map. */
  fetch({ path, place }: FetchedSegment): void {
    const { fs, codec, counters, tuning } = this.#options;
    counters.addTask('REDUCE_SHUFFLE_BYTES', place.partLength);
    counters.addTask('SHUFFLED_MAPS');
    counters.addTask('MERGED_MAP_OUTPUTS');
    const { rawLength } = place;
    if (rawLength >= this.#largestInMemory) {
      this.#onDisk.push({ path, rawLength, place, codec, isTemporary: false });
      if (this.#onDisk.length >= 2 * tuning.sortFactor - 1) this.#mergeOnDisk();
      return;
    }
    const file = fs.openSync(path, 'read');
    try {
      // An empty one is read all the same: it tells a damaged file early.
      const bytes = readStream(file, place, codec);
      if (rawLength <= endBytes) return;
      this.#inMemory.push({ path, rawLength, bytes, isTemporary: false });
      this.#memoryUsed += rawLength;
    } finally {
      file.closeSync();
    }
    if (this.#memoryUsed >= this.#mergeThreshold) this.#mergeInMemory(this.#options.combiner);
  }

  /** What is left to merge while reducing, at most the factor's files and what stays in memory. */
  finish(): Segment[] {
    const { tuning } = this.#options;
    const keeps = tuning.reduceMemoryBytes * tuning.reduceInputPercent;
    const kept: Segment[] = [];
    while (this.#inMemory.length > 0 && this.#memoryUsed <= keeps) {
      kept.push(...this.#inMemory.splice(0));
    }
    if (this.#inMemory.length > 0 && this.#onDisk.length < tuning.sortFactor) {
      this.#mergeInMemory(undefined);
    }
    const left = mergeDown([...this.#inMemory, ...this.#onDisk], this.#names, this.#settings);
    return [...kept, ...left];
  }

  #mergeInMemory(combiner: Combiner | undefined): void {
    const segments = this.#inMemory;
    this.#inMemory = [];
    this.#memoryUsed = 0;
    const write = combiner ?? copyRecords;
    const merged = mergeToFile(segments, this.#names.next(), this.#settings, write);
    if (!isEmptySegment(merged)) this.#onDisk.push(merged);
  }

  #mergeOnDisk(): void {
    this.#onDisk.sort((a, b) => a.rawLength - b.rawLength);
    const smallest = this.#onDisk.splice(0, this.#options.tuning.sortFactor);
    this.#onDisk.push(mergeToFile(smallest, this.#names.next(), this.#settings));
  }
}
