/**
 * What a log root remembers about its partitions between runs, and the clean-shutdown marker.
 *
 * Invariants: D1 the marker is gone, durably, before any partition is opened, so a crash while
 * opening counts as unclean; D2 it is written only after every partition was closed in order and
 * every checkpoint is durable; D3 a recovery point never gets ahead of what is durable.
 *
 * Upstream: apache/kafka: core/.../log/LogManager.scala; behaviour kept, code our own.
 */
import { joinPath, type FileSystem } from '../../../native-free-io/index.ts';
import { partitionDirectoryName, type TopicPartition } from '../file-names.ts';
import type { LogCore } from '../log-core.ts';
import type { LogKeeper, StartFacts } from '../log-keeper.ts';
import {
  checkpointNames,
  readOffsets,
  writeOffsets,
  type CheckpointKind,
} from './checkpoint-files.ts';

const markerName = '.kafka_cleanshutdown';

interface Known {
  recoveryPoint: number;
  highWatermark: number;
  logStartOffset: number;
  /** Above the first segment's base offset: only then Kafka writes it down. */
  startsInside: boolean;
  cleanerOffset: number | undefined;
}

export class DirectoryState {
  readonly #fs: FileSystem;
  readonly #root: string;
  readonly #wasClean: boolean;
  readonly #stored: Readonly<Record<CheckpointKind, Map<string, number>>>;
  readonly #known = new Map<TopicPartition, Known>();
  #dirty = false;

  private constructor(
    fs: FileSystem,
    root: string,
    wasClean: boolean,
    stored: Readonly<Record<CheckpointKind, Map<string, number>>>,
  ) {
    this.#fs = fs;
    this.#root = root;
    this.#wasClean = wasClean;
    this.#stored = stored;
  }

  /** Reads the checkpoints and removes the marker. */
  static open(fs: FileSystem, root: string): DirectoryState {
    const stored = Object.fromEntries(
      Object.keys(checkpointNames).map((kind) => [
        kind,
        readOffsets(fs, root, kind as CheckpointKind),
      ]),
    ) as Record<CheckpointKind, Map<string, number>>;
    const marker = joinPath(root, markerName);
    const wasClean = fs.statSync(marker) !== undefined;
    if (wasClean) {
      fs.removeFileSync(marker);
      fs.syncDirectorySync(root);
    }
    return new DirectoryState(fs, root, wasClean, stored);
  }

  /** The previous run ended with an orderly close. */
  get wasClean(): boolean {
    return this.#wasClean;
  }

  /** Keeps the facts of one partition. */
  keeperOf(partition: TopicPartition): LogKeeper {
    const name = partitionDirectoryName(partition);
    const stored = this.#stored;
    const start: StartFacts = {
      clean: this.#wasClean,
      recoveryPoint: stored.recoveryPoint.get(name) ?? 0,
      logStartOffset: stored.logStartOffset.get(name) ?? 0,
      highWatermark: stored.highWatermark.get(name),
      cleanerOffset: stored.cleanerOffset.get(name),
    };
    return {
      start,
      begin: () => undefined,
      note: (core, when) => {
        this.#note(partition, core);
        if (when === 'now') this.write();
      },
      closed: (core) => this.#note(partition, core),
      release: () => undefined,
    };
  }

  /** A deleted partition leaves the checkpoints; one made later under its name begins afresh. */
  forget(partition: TopicPartition): void {
    for (const offsets of Object.values(this.#stored)) {
      offsets.delete(partitionDirectoryName(partition));
    }
    this.#known.delete(partition);
    this.#dirty = true;
  }

  /** Replaces the checkpoint files if anything changed; durable on return. */
  write(): void {
    if (!this.#dirty) return;
    this.#dirty = false;
    const pick = (of: (known: Known) => number | undefined): Map<TopicPartition, number> => {
      const offsets = new Map<TopicPartition, number>();
      for (const [partition, known] of this.#known) {
        const offset = of(known);
        if (offset !== undefined) offsets.set(partition, offset);
      }
      return offsets;
    };
    const put = (kind: CheckpointKind, offsets: Map<TopicPartition, number>): void =>
      writeOffsets(this.#fs, this.#root, kind, offsets);
    put(
      'logStartOffset',
      pick((known) => (known.startsInside ? known.logStartOffset : undefined)),
    );
    put(
      'recoveryPoint',
      pick((known) => known.recoveryPoint),
    );
    put(
      'highWatermark',
      pick((known) => known.highWatermark),
    );
    put(
      'cleanerOffset',
      pick((known) => known.cleanerOffset),
    );
  }

  /** Takes the facts of an open partition as they are now. */
  refresh(partition: TopicPartition, core: LogCore): void {
    this.#note(partition, core);
  }

  /** The last act of an orderly close. */
  markClean(): void {
    this.write();
    const bytes = new TextEncoder().encode('{"version":0,"brokerEpoch":-1}');
    const file = this.#fs.openSync(joinPath(this.#root, markerName), 'create');
    try {
      file.truncateSync(0);
      file.writeSync(bytes, 0, bytes.length, 0);
      file.syncSync();
    } finally {
      file.closeSync();
    }
    this.#fs.syncDirectorySync(this.#root);
  }

  #note(partition: TopicPartition, core: LogCore): void {
    const { recoveryPoint, highWatermark, logStartOffset, cleanerOffset } = core;
    const first = core.segments.isEmpty ? logStartOffset : core.segments.first.baseOffset;
    this.#known.set(partition, {
      recoveryPoint,
      highWatermark,
      logStartOffset,
      startsInside: logStartOffset > first,
      cleanerOffset,
    });
    this.#dirty = true;
  }
}
