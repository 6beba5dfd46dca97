/**
 * Incremental fetches: what a client asked for is remembered, so that it names only changes and is
 * told only of partitions with news (KIP-227).
 *
 * Invariants: I1 an identifier is positive and in use once; I2 the expected number of the next
 * request grows by one, from 2^31-1 to 1; I3 at most `slots` are kept: the one unused longest goes
 * when it rested long enough, else the one of fewest partitions among those that have been in use
 * for as long, if the new one has more.
 *
 * Upstream: apache/kafka: core/.../server/FetchSession.scala; behaviour kept, code our own.
 */
import type { Env } from '../../../env/index.ts';
import type { FetchRequest } from '../protocol/generated/fetch.ts';
import { ErrorCode } from '../../shared/error-code.ts';

/** One partition that a fetch asks for. */
export interface WantedPartition {
  topicName: string;
  topicId: string;
  index: number;
  fetchOffset: number;
  maxBytes: number;
  currentLeaderEpoch: number;
  lastFetchedEpoch: number;
  /** What the client was told last; -1 makes it news again. */
  sentHighWatermark: number;
  sentLogStart: number;
}

class Kept {
  readonly id: number;
  readonly usesIds: boolean;
  readonly partitions = new Map<string, WantedPartition>();
  readonly madeMs: number;
  nextEpoch = 1;
  lastUsedMs: number;

  constructor(id: number, usesIds: boolean, nowMs: number) {
    this.id = id;
    this.usesIds = usesIds;
    this.madeMs = nowMs;
    this.lastUsedMs = nowMs;
  }
}

/** How a fetch is to be answered. */
export interface FetchPlan {
  /** Set when the fetch as a whole is refused. */
  readonly error: ErrorCode;
  readonly id: number;
  readonly partitions: readonly WantedPartition[];
  /** Tell only news. */
  readonly isIncremental: boolean;
  /** Partitions that gave data go to the end of the order. */
  readonly rotate: (partition: WantedPartition) => void;
}

const restMs = 120_000;
const keep = (): void => undefined;

export class FetchCache {
  readonly #env: Env;
  readonly #slots: number;
  /** In the order of last use. */
  readonly #kept = new Map<number, Kept>();

  constructor(env: Env, slots: number) {
    this.#env = env;
    this.#slots = slots;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** What the request asks for, all told; takes up or begins an incremental fetch. */
  plan(request: FetchRequest, version: number): FetchPlan {
    const { fetchId, fetchEpoch } = request;
    if (fetchEpoch > 0 && fetchId !== 0) return this.#continue(request, version >= 13);
    if (fetchId !== 0) this.#kept.delete(fetchId);
    const partitions = new Map<string, WantedPartition>();
    addWanted(partitions, request);
    const wanted = [...partitions.values()];
    const kept =
      fetchEpoch === 0 && version >= 7 && wanted.length > 0
        ? this.#make(version >= 13, wanted.length)
        : undefined;
    if (kept !== undefined) {
      for (const [key, partition] of partitions) kept.partitions.set(key, partition);
    }
    return {
      error: ErrorCode.none,
      id: kept?.id ?? 0,
      partitions: wanted,
      isIncremental: false,
      rotate: keep,
    };
  }

  #continue(request: FetchRequest, usesIds: boolean): FetchPlan {
    const kept = this.#kept.get(request.fetchId);
    const refuse = (error: ErrorCode): FetchPlan => {
      return { error, id: 0, partitions: [], isIncremental: false, rotate: keep };
    };
    if (kept === undefined) return refuse(ErrorCode.fetchSessionIdNotFound);
    if (request.fetchEpoch !== kept.nextEpoch) return refuse(ErrorCode.invalidFetchSessionEpoch);
    if (usesIds !== kept.usesIds) return refuse(ErrorCode.fetchSessionTopicIdError);
    kept.nextEpoch = epochAfter(kept.nextEpoch);
    addWanted(kept.partitions, request);
    for (const { name, topicId, partitions } of request.forgotten) {
      for (const index of partitions) kept.partitions.delete(keyOf(name, topicId, index));
    }
    this.#kept.delete(kept.id);
    if (kept.partitions.size === 0) {
      return { error: ErrorCode.none, id: 0, partitions: [], isIncremental: true, rotate: keep };
    }
    kept.lastUsedMs = this.#env.clock.now();
    this.#kept.set(kept.id, kept);
    return {
      error: ErrorCode.none,
      id: kept.id,
      partitions: [...kept.partitions.values()],
      isIncremental: true,
      rotate: (partition) => {
        const key = keyOf(partition.topicName, partition.topicId, partition.index);
        if (kept.partitions.delete(key)) kept.partitions.set(key, partition);
      },
    };
  }

  /** Who makes room for one of `size` partitions; undefined for nobody. */
  #leaving(nowMs: number, size: number): Kept | undefined {
    const oldest = this.#kept.values().next().value;
    if (oldest !== undefined && nowMs - oldest.lastUsedMs > restMs) return oldest;
    let weakest: Kept | undefined;
    for (const kept of this.#kept.values()) {
      if (kept.lastUsedMs - kept.madeMs <= restMs) continue;
      if (weakest === undefined || isWeaker(kept, weakest)) weakest = kept;
    }
    return weakest !== undefined && size > weakest.partitions.size ? weakest : undefined;
  }

  #make(usesIds: boolean, size: number): Kept | undefined {
    const nowMs = this.#env.clock.now();
    if (this.#kept.size >= this.#slots) {
      const leaving = this.#leaving(nowMs, size);
      if (leaving === undefined) return undefined;
      this.#kept.delete(leaving.id);
    }
    let id = 0;
    while (id === 0 || this.#kept.has(id)) {
      id = 1 + Math.floor(this.#env.random.next() * 0x7ffffffe);
    }
    const kept = new Kept(id, usesIds, nowMs);
    this.#kept.set(id, kept);
    return kept;
  }
}

/** The number of the next request: 0 and below have meanings of their own. */
export function epochAfter(epoch: number): number {
  return epoch === 0x7fffffff ? 1 : epoch + 1;
}

function isWeaker(a: Kept, b: Kept): boolean {
  return a.partitions.size === b.partitions.size
    ? a.id < b.id
    : a.partitions.size < b.partitions.size;
}

function keyOf(name: string, topicId: string, index: number): string {
  return `${name}/${topicId}/${index}`;
}

/** Adds what a request lists, or brings it up to date. */
function addWanted(into: Map<string, WantedPartition>, request: FetchRequest): void {
  for (const topic of request.topics) {
    for (const asked of topic.partitions) {
      const key = keyOf(topic.name, topic.topicId, asked.index);
      const known = into.get(key);
      const fields = {
        fetchOffset: asked.fetchOffset,
        maxBytes: asked.partitionMaxBytes,
        currentLeaderEpoch: asked.currentLeaderEpoch,
        lastFetchedEpoch: asked.lastFetchedEpoch,
      };
      if (known !== undefined) {
        Object.assign(known, fields);
        continue;
      }
      into.set(key, {
        topicName: topic.name,
        topicId: topic.topicId,
        index: asked.index,
        ...fields,
        sentHighWatermark: -1,
        sentLogStart: -1,
      });
    }
  }
}
