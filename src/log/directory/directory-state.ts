/**
 * What a log root remembers about its partitions between runs, and the clean-shutdown marker.
 *
 * Invariants: D1 the marker is gone, durably, before any partition is opened, so a crash while
 * opening counts as unclean; D2 it is written only after every partition was closed in order and
 * every checkpoint is durable; D3 a recovery point never gets ahead of what is durable; D4 the
 * lines of a partition stay as they were until it tells otherwise, also if it cannot be
 * opened.
 *
 * Upstream: apache/kafka: core/.../log/LogManager.scala; behaviour kept, code our own.
 */
import {
  equalBytes,
  joinPath,
  type FileLock,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import { partitionDirectoryName, type TopicPartition } from '../file-names.ts';
import { encodeOffsets, type OffsetLine } from '../format/checkpoint-text.ts';
import type { LogCore } from '../log-core.ts';
import { partitionLockName, type LogKeeper, type StartFacts } from '../log-keeper.ts';
import {
  checkpointKinds,
  readOffsets,
  writeCheckpoint,
  type CheckpointKind,
} from './checkpoint-files.ts';

const markerName = '.kafka_cleanshutdown';

/** What stands in the checkpoint files for one partition; undefined: no line. */
type Facts = Readonly<Record<CheckpointKind, number | undefined>>;

interface Known {
  readonly partition: TopicPartition;
  readonly facts: Facts;
  /** In force for the next opening; Kafka writes it down only above the first base offset. */
  readonly logStartOffset: number;
}

export class DirectoryState {
  readonly #fs: FileSystem;
  readonly #root: string;
  /** The previous run ended with an orderly close. */
  readonly wasClean: boolean;
  /** By directory name; every partition that has lines in the checkpoints. */
  readonly #known = new Map<string, Known>();
  /** By directory name: its files are as an orderly close leaves them. */
  readonly #clean = new Map<string, boolean>();
  readonly #written = new Map<CheckpointKind, Uint8Array>();

  private constructor(fs: FileSystem, root: string, wasClean: boolean) {
    this.#fs = fs;
    this.#root = root;
    this.wasClean = wasClean;
  }

  /** Reads what the checkpoints say of these partitions, and removes the marker. */
  static open(fs: FileSystem, root: string, partitions: readonly TopicPartition[]): DirectoryState {
    const offsets = checkpointKinds.map((kind) => [kind, readOffsets(fs, root, kind)] as const);
    const marker = joinPath(root, markerName);
    const wasClean = fs.statSync(marker) !== undefined;
    if (wasClean) {
      fs.removeFileSync(marker);
      fs.syncDirectorySync(root);
    }
    const state = new DirectoryState(fs, root, wasClean);
    for (const partition of partitions) {
      const name = partitionDirectoryName(partition);
      const facts = Object.fromEntries(
        offsets.map(([kind, byName]) => [kind, byName.get(name)]),
      ) as Facts;
      state.#known.set(name, { partition, facts, logStartOffset: facts.logStartOffset ?? 0 });
      state.#clean.set(name, wasClean);
    }
    return state;
  }

  /**
   * Keeps the facts of one partition, and its lock, so that nobody opens it by itself meanwhile.
   * `onRelease` is called when the partition has been left.
   */
  keeperOf(partition: TopicPartition, onRelease: () => void): LogKeeper {
    const name = partitionDirectoryName(partition);
    let lock: FileLock | undefined;
    return {
      start: this.#startFacts(name),
      begin: (core) => {
        lock = this.#fs.lockSync(joinPath(core.dir, partitionLockName));
        this.#clean.set(name, false);
      },
      note: (core, when) => {
        this.refresh(partition, core);
        if (when === 'now') this.write();
      },
      closed: (core) => {
        this.refresh(partition, core);
        this.#clean.set(name, true);
      },
      release: () => {
        lock?.releaseSync();
        onRelease();
      },
    };
  }

  #startFacts(name: string): StartFacts {
    const known = this.#known.get(name);
    return {
      clean: this.#clean.get(name) ?? false,
      recoveryPoint: known?.facts.recoveryPoint ?? 0,
      logStartOffset: known?.logStartOffset ?? 0,
      highWatermark: known?.facts.highWatermark,
      cleanerOffset: known?.facts.cleanerOffset,
    };
  }

  /** The partition could not be opened: who knows what it looks like. */
  failed(partition: TopicPartition): void {
    this.#clean.set(partitionDirectoryName(partition), false);
  }

  /** A deleted partition leaves the checkpoints; one made later under its name begins afresh. */
  forget(partition: TopicPartition): void {
    const name = partitionDirectoryName(partition);
    this.#known.delete(name);
    this.#clean.delete(name);
  }

  /** Replaces the checkpoint files whose contents changed; durable on return. */
  write(): void {
    for (const kind of checkpointKinds) {
      const lines: OffsetLine[] = [];
      for (const name of [...this.#known.keys()].sort()) {
        const { partition, facts } = this.#known.get(name)!;
        const offset = facts[kind];
        if (offset !== undefined) lines.push({ ...partition, offset });
      }
      const bytes = encodeOffsets(lines);
      const written = this.#written.get(kind);
      if (written !== undefined && equalBytes(written, 0, written.length, bytes, 0, bytes.length))
        continue;
      writeCheckpoint(this.#fs, this.#root, kind, bytes);
      this.#written.set(kind, bytes);
    }
  }

  /** Takes the facts of an open partition as they are now. */
  refresh(partition: TopicPartition, core: LogCore): void {
    const { recoveryPoint, highWatermark, logStartOffset, cleanerOffset } = core;
    const first = core.segments.isEmpty ? logStartOffset : core.segments.first.baseOffset;
    this.#known.set(partitionDirectoryName(partition), {
      partition,
      logStartOffset,
      facts: {
        recoveryPoint,
        highWatermark,
        cleanerOffset,
        logStartOffset: logStartOffset > first ? logStartOffset : undefined,
      },
    });
  }

  /** The last act of an orderly close: the checkpoints, and the marker where it is deserved. */
  leave(): void {
    this.write();
    if ([...this.#clean.values()].includes(false)) return;
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
}
