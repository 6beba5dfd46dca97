/**
 * Map side of the shuffle: records are partitioned into a sort buffer; when it has filled up to the
 * spill percentage it is sorted, combined and written as a spill; at the end spills are merged into
 * `file.out`, one segment per partition, with `file.out.index`.
 *
 *     spills     what is done
 *     0          file.out with empty segments
 *     1          the spill is renamed; the combiner does not run again
 *     2 or more  merged per partition, combined when there are combineMinSpills or more
 *
 * A spill is written by the thread that maps: the other cores have tasks of their own, and the page
 * cache takes the bytes. A record too large for the buffer gets a spill to itself, uncombined.
 * SPILLED_RECORDS counts every record written, by spills and by merges.
 *
 * Upstream: apache/hadoop: mapred/MapTask.java (Apache-2.0); rules kept, code our own. The budget
 * counts what the buffer really takes, key prefixes and entries included, so it spills somewhat
 * earlier than upstream with small records.
 */
import {
  InvalidArgumentError,
  joinPath,
  type Codec,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import { writableNamed, type RawComparator, type WritableType } from '../../hadoop/index.ts';
import { SegmentWriter } from '../format/segment-writer.ts';
import { readSpillIndex, writeSpillIndex, type SegmentPlace } from '../format/spill-index.ts';
import type { Counters } from '../job/counters.ts';
import type { JobTuning, JobTypes } from '../job/plan.ts';
import {
  copyRecords,
  MergeNames,
  mergeDown,
  OpenSegments,
  removeTemporary,
  type Segment,
} from '../shuffle/segments.ts';
import { mergeSources } from '../shuffle/merge-stream.ts';
import type { SortedSource } from '../shuffle/sorted-source.ts';
import type { Collector } from './collector.ts';
import type { Partitioner } from './partitioners.ts';
import { RecordEncoder } from './record-encoder.ts';
import { sortBuffer, type SortBuffer } from './sort-buffer.ts';

/** Combines the groups of a source into a segment; returns the records written. */
export type Combiner = (source: SortedSource, writer: SegmentWriter) => number;

export interface SortCollectorOptions {
  readonly fs: FileSystem;
  /** Of the attempt; must exist. */
  readonly dir: string;
  readonly partitions: number;
  readonly types: JobTypes;
  readonly compare: RawComparator;
  readonly partitioner: Partitioner;
  /** A user's partition of decoded keys and values, instead. */
  readonly partitionOf: ((key: unknown, value: unknown) => number) | undefined;
  readonly combiner: Combiner | undefined;
  readonly codec: Codec | undefined;
  readonly tuning: JobTuning;
  readonly counters: Counters;
}

export interface MapOutput {
  readonly path: string;
  readonly places: readonly SegmentPlace[];
  readonly bytes: number;
}

export const mapOutputName = 'file.out';
export const mapIndexName = 'file.out.index';
/** mapreduce.task.index.cache.limit.bytes: later indexes go to disk. */
const indexCacheBytes = 1 << 20;
const indexEntryBytes = 24;
/** Beside a record in upstream's buffer. */
const accountingBytes = 16;

interface Spill {
  readonly path: string;
  /** Undefined: in the file beside it. */
  readonly places: readonly SegmentPlace[] | undefined;
}

export class SortCollector implements Collector {
  readonly #options: SortCollectorOptions;
  readonly #buffer: SortBuffer;
  readonly #encoder: RecordEncoder;
  readonly #keyType: WritableType;
  readonly #valueType: WritableType;
  readonly #softLimit: number;
  readonly #spills: Spill[] = [];
  #accounted = 0;
  #records = 0;
  #recordBytes = 0;

  constructor(options: SortCollectorOptions) {
    const { types, tuning, partitions, compare } = options;
    this.#options = options;
    this.#keyType = writableNamed(types.mapKey);
    this.#valueType = writableNamed(types.mapValue);
    this.#encoder = new RecordEncoder(this.#keyType, this.#valueType);
    this.#softLimit = Math.trunc(tuning.sortBytes * tuning.spillPercent);
    const { sortBytes: memoryBytes } = tuning;
    this.#buffer = sortBuffer({ memoryBytes, partitions, keyType: this.#keyType, compare });
  }

  collect(key: unknown, value: unknown): void {
    this.#add(key, value);
    this.#records++;
    this.#recordBytes += this.#encoder.valueEnd - this.#encoder.keyStart;
  }

  collectCombined(key: unknown, value: unknown): void {
    this.#add(key, value);
  }

  /** Writes the task's output; the collector is of no use then. */
  flush(): MapOutput {
    const { counters } = this.#options;
    if (this.#buffer.count > 0) this.#spill();
    counters.addTask('MAP_OUTPUT_RECORDS', this.#records);
    counters.addTask('MAP_OUTPUT_BYTES', this.#recordBytes);
    const output = this.#mergeSpills();
    counters.addTask('MAP_OUTPUT_MATERIALIZED_BYTES', output.bytes);
    return output;
  }

  #add(key: unknown, value: unknown): void {
    const encoder = this.#encoder;
    encoder.encode(key, value);
    const partition = this.#partitionOf(key, value);
    if (!this.#buffer.add(partition, encoder)) this.#addAfterSpill(partition);
    this.#accounted += encoder.valueEnd - encoder.keyStart + accountingBytes;
    if (this.#accounted >= this.#softLimit) this.#spill();
  }

  #addAfterSpill(partition: number): void {
    this.#spill();
    if (!this.#buffer.add(partition, this.#encoder)) this.#spillAlone(partition);
  }

  #partitionOf(key: unknown, value: unknown): number {
    const { partitions, partitioner, partitionOf } = this.#options;
    const partition =
      partitionOf === undefined || partitions === 1
        ? partitioner(this.#encoder.bytes, this.#encoder.keyStart, this.#encoder.keyEnd)
        : partitionOf(key, value);
    if (Number.isInteger(partition) && partition >= 0 && partition < partitions) return partition;
    throw new InvalidArgumentError(
      'MAPREDUCE_ILLEGAL_PARTITION',
      `a partitioner gave ${partition}, there are partitions 0 to ${partitions - 1}`,
    );
  }

  #spill(): void {
    const buffer = this.#buffer;
    this.#accounted = 0;
    if (buffer.count === 0) return;
    buffer.sort();
    this.#writeSpill((partition, writer) => {
      const from = buffer.firstOf(partition);
      const to = buffer.firstOf(partition + 1);
      if (from === to) return 0;
      const { combiner } = this.#options;
      if (combiner !== undefined) return combiner(buffer.source(from, to), writer);
      buffer.gather(from, to, (bytes, start, end) => writer.appendFrames(bytes, start, end));
      return to - from;
    });
    buffer.reset();
  }

  /** A record that no buffer holds: its own spill, the other segments empty. */
  #spillAlone(partition: number): void {
    const { bytes, frameStart, valueEnd } = this.#encoder;
    this.#writeSpill((each, writer) => {
      if (each !== partition) return 0;
      writer.appendFrames(bytes, frameStart, valueEnd);
      return 1;
    });
  }

  /** `fill` writes a partition's records and returns how many. */
  #writeSpill(fill: (partition: number, writer: SegmentWriter) => number): void {
    const { fs, dir, codec, partitions, counters } = this.#options;
    const path = joinPath(dir, `spill${this.#spills.length}.out`);
    const places: SegmentPlace[] = [];
    using writer = new SegmentWriter(fs.openSync(path, 'createNew'), codec);
    let records = 0;
    for (let partition = 0; partition < partitions; partition++) {
      records += fill(partition, writer);
      places.push(writer.finish());
    }
    writer.close();
    counters.addTask('SPILLED_RECORDS', records);
    const cached = (this.#spills.length + 1) * partitions * indexEntryBytes;
    if (cached > indexCacheBytes) writeSpillIndex(fs, `${path}.index`, places);
    this.#spills.push({ path, places: cached > indexCacheBytes ? undefined : places });
  }

  #mergeSpills(): MapOutput {
    const { fs, dir } = this.#options;
    const path = joinPath(dir, mapOutputName);
    if (this.#spills.length === 0) this.#writeSpill(() => 0);
    const [only] = this.#spills;
    const isOne = this.#spills.length === 1;
    const places = isOne ? this.#placesOf(only!) : this.#mergeInto(path);
    if (isOne) fs.renameSync(only!.path, path);
    for (const spill of this.#spills) {
      if (!isOne) fs.removeFileSync(spill.path);
      if (spill.places === undefined) fs.removeFileSync(`${spill.path}.index`);
    }
    writeSpillIndex(fs, joinPath(dir, mapIndexName), places);
    const last = places.at(-1)!;
    return { path, places, bytes: last.startOffset + last.partLength };
  }

  #mergeInto(path: string): SegmentPlace[] {
    const { fs, codec, partitions, tuning, counters } = this.#options;
    const indexes = this.#spills.map((spill) => this.#placesOf(spill));
    const combines = this.#spills.length >= tuning.combineMinSpills;
    const combiner = combines ? this.#options.combiner : undefined;
    const places: SegmentPlace[] = [];
    using writer = new SegmentWriter(fs.openSync(path, 'createNew'), codec);
    for (let partition = 0; partition < partitions; partition++) {
      const segments = this.#spills.map(({ path: spill }, index): Segment => {
        const place = indexes[index]![partition]!;
        return { path: spill, rawLength: place.rawLength, place, codec, isTemporary: false };
      });
      const records = this.#mergePartition(segments, partition, (source) =>
        (combiner ?? copyRecords)(source, writer),
      );
      counters.addTask('SPILLED_RECORDS', records);
      places.push(writer.finish());
    }
    writer.close();
    return places;
  }

  #mergePartition(
    segments: readonly Segment[],
    partition: number,
    write: (source: SortedSource) => number,
  ): number {
    const { fs, dir, compare, codec, tuning, counters } = this.#options;
    const names = new MergeNames(dir, `intermediate.${partition}`);
    const left = mergeDown(segments, names, {
      fs,
      dir,
      factor: tuning.sortFactor,
      compare,
      codec,
      onSpilled: (records) => counters.addTask('SPILLED_RECORDS', records),
    });
    let records = 0;
    {
      using open = new OpenSegments(fs, left);
      records = left.length === 0 ? 0 : write(mergeSources(open.sources, compare));
    }
    removeTemporary(fs, left);
    return records;
  }

  #placesOf({ path, places }: Spill): readonly SegmentPlace[] {
    return places ?? readSpillIndex(this.#options.fs, `${path}.index`);
  }
}
