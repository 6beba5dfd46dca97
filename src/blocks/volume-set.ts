/**
 * Which volume a new block goes to, and taking a failed one out.
 *
 * 'round-robin': the next volume with room. 'available-space': as HDFS's policy of that name: when
 * the volumes differ by more than 10 GiB, three of four blocks go to those with more room.
 *
 * Upstream: apache/hadoop: {RoundRobin,AvailableSpace}VolumeChoosingPolicy.java.
 */
import { IoError, joinPath, LimitError, StateError } from '../../native-free-io/index.ts';
import type { Random } from '../env/index.ts';
import type { ResolvedOptions } from './options.ts';
import type { Volume } from './volume.ts';

const balancedBytes = 10 * 2 ** 30;
const preferRoomierProbability = 0.75;

interface Room {
  readonly volume: Volume;
  readonly available: number;
}

export class VolumeSet {
  readonly all: readonly Volume[];
  readonly #choice: ResolvedOptions['volumeChoice'];
  readonly #tolerated: number;
  readonly #random: Random;
  readonly #next = new Map<string, number>();

  constructor(
    volumes: readonly Volume[],
    options: Pick<ResolvedOptions, 'volumeChoice' | 'failedVolumesTolerated'>,
    random: Random,
  ) {
    this.all = volumes;
    this.#choice = options.volumeChoice;
    this.#tolerated = options.failedVolumesTolerated;
    this.#random = random;
  }

  get live(): readonly Volume[] {
    return this.all.filter(({ state }) => state === 'live');
  }

  /** Throws BLOCKS_VOLUME_FAILED when more volumes failed than may. */
  assertServing(): void {
    const failed = this.all.filter(({ state }) => state === 'failed');
    if (failed.length <= this.#tolerated) return;
    const names = failed.map(({ dir }) => dir).join(', ');
    throw new StateError('BLOCKS_VOLUME_FAILED', `${failed.length} volumes failed: ${names}`, {
      cause: failed[0]?.failure,
    });
  }

  /** A live volume with room for `bytes`. BLOCKS_NO_SPACE when there is none. */
  choose(bytes: number): Volume {
    this.assertServing();
    const rooms = this.live.map((volume) => ({ volume, available: volume.availableBytes() }));
    const chosen =
      this.#choice === 'round-robin'
        ? this.#roundRobin('all', rooms, bytes)
        : this.#byAvailableSpace(rooms, bytes);
    if (chosen !== undefined) return chosen;
    const most = Math.max(0, ...rooms.map(({ available }) => available));
    throw new LimitError('BLOCKS_NO_SPACE', `no volume has ${bytes} bytes; the most is ${most}`, {
      retryable: true,
    });
  }

  /**
   * Called with what an operation on a volume threw. A volume that cannot even take a probe is
   * taken out; a full disk or one bad sector is not the end of it.
   */
  judge(volume: Volume, cause: unknown): boolean {
    if (volume.state === 'failed' || !(cause instanceof IoError)) return false;
    if (!['IO_FAILED', 'IO_READ_ONLY', 'IO_PERMISSION'].includes(cause.code)) return false;
    try {
      probe(volume);
      return false;
    } catch {
      volume.fail(cause);
      return true;
    }
  }

  #roundRobin(group: string, rooms: readonly Room[], bytes: number): Volume | undefined {
    const start = this.#next.get(group) ?? 0;
    for (let step = 0; step < rooms.length; step++) {
      const at = (start + step) % rooms.length;
      if (rooms[at]!.available < bytes) continue;
      this.#next.set(group, (at + 1) % rooms.length);
      return rooms[at]!.volume;
    }
    return undefined;
  }

  #byAvailableSpace(rooms: readonly Room[], bytes: number): Volume | undefined {
    const least = Math.min(...rooms.map(({ available }) => available));
    const most = Math.max(...rooms.map(({ available }) => available));
    if (most - least <= balancedBytes) return this.#roundRobin('all', rooms, bytes);
    const isRoomy = ({ available }: Room): boolean => available > least + balancedBytes;
    const roomy = rooms.filter(isRoomy);
    const tight = rooms.filter((room) => !isRoomy(room));
    const tightFits = tight.some(({ available }) => available >= bytes);
    const preferRoomy = !tightFits || this.#random.next() < preferRoomierProbability;
    const chosen = preferRoomy ? this.#roundRobin('roomy', roomy, bytes) : undefined;
    return chosen ?? this.#roundRobin('tight', tight, bytes);
  }
}

function probe({ fs, ownDir }: Volume): void {
  const path = joinPath(ownDir, 'probe');
  fs.makeDirectorySync(ownDir);
  const file = fs.openSync(path, 'create');
  try {
    file.writeSync(Uint8Array.of(1), 0, 1, 0);
    file.syncSync();
  } finally {
    file.closeSync();
  }
  fs.removeFileSync(path);
}
