/**
 * The assignor `uniform`: members get numbers of partitions that differ by one at most, as far as
 * subscriptions allow, and keep what they have where that is possible.
 *
 * Upstream: apache/kafka: group-coordinator/.../assignor/UniformAssignor.java; same goals, code our
 * own.
 */
import { addTo, filtered, holds, partitionsOf, sizeOf, type Assignment } from './assignment.ts';
import type { AssignorInput } from './assignor.ts';

type Place = readonly [topicId: string, partition: number];

interface Share {
  readonly memberId: string;
  readonly topicIds: ReadonlySet<string>;
  readonly assignment: Map<string, Set<number>>;
  size: number;
}

export function assignUniform(input: AssignorInput): Map<string, Assignment> {
  const shares = keptShares(input);
  const free = freePlaces(input, shares);
  if (isHomogeneous(input)) {
    free.push(...cutToQuota(shares, free.length));
    fillEvenly(shares, free);
  } else {
    fillLeast(shares, free);
    balance(shares);
  }
  return new Map(shares.map(({ memberId, assignment }) => [memberId, assignment]));
}

/** What each member has and is still subscribed to; a partition stays with one member only. */
function keptShares({ members, partitionCount }: AssignorInput): Share[] {
  const taken = new Map<string, Set<number>>();
  return members.map(({ memberId, topicIds, target }) => {
    const subscribed = new Set(topicIds);
    const assignment = filtered(target, (topicId, partition) => {
      const keep =
        subscribed.has(topicId) &&
        partition < partitionCount(topicId) &&
        !holds(taken, topicId, partition);
      if (keep) addTo(taken, topicId, partition);
      return keep;
    });
    return { memberId, topicIds: subscribed, assignment, size: sizeOf(assignment) };
  });
}

function freePlaces({ members, partitionCount }: AssignorInput, shares: readonly Share[]): Place[] {
  const topics = [...new Set(members.flatMap(({ topicIds }) => topicIds))].toSorted();
  const places: Place[] = [];
  for (const topicId of topics) {
    const taken = new Set(shares.flatMap((share) => [...(share.assignment.get(topicId) ?? [])]));
    for (let partition = 0; partition < partitionCount(topicId); partition++) {
      if (!taken.has(partition)) places.push([topicId, partition]);
    }
  }
  return places;
}

function isHomogeneous({ members }: AssignorInput): boolean {
  const [first, ...rest] = members;
  const wanted = first?.topicIds.join();
  return rest.every(({ topicIds }) => topicIds.join() === wanted);
}

/** Takes from members what they have beyond an even share; those with most keep the odd ones. */
function cutToQuota(shares: Share[], freeCount: number): Place[] {
  const total = shares.reduce((sum, { size }) => sum + size, freeCount);
  const least = Math.floor(total / shares.length);
  let odd = total % shares.length;
  const cut: Place[] = [];
  for (const share of shares.toSorted((a, b) => b.size - a.size)) {
    const quota = odd > 0 && share.size > least ? least + 1 : least;
    if (quota > least) odd -= 1;
    for (const place of [...partitionsOf(share.assignment)].slice(quota)) {
      take(share, place);
      cut.push(place);
    }
  }
  return cut;
}

function fillEvenly(shares: readonly Share[], places: readonly Place[]): void {
  const total = shares.reduce((sum, { size }) => sum + size, places.length);
  const least = Math.floor(total / shares.length);
  let next = 0;
  for (const share of shares) {
    while (share.size < least) give(share, places[next++]!);
  }
  const rest = shares.filter(({ size }) => size === least);
  for (const share of rest.slice(0, places.length - next)) give(share, places[next++]!);
}

/** Places with few candidates first, each to the candidate that has least. */
function fillLeast(shares: readonly Share[], places: readonly Place[]): void {
  const candidates = (topicId: string): Share[] =>
    shares.filter(({ topicIds }) => topicIds.has(topicId));
  const sorted = places
    .map((place) => ({ place, among: candidates(place[0]) }))
    .toSorted((a, b) => a.among.length - b.among.length);
  for (const { place, among } of sorted) {
    const least = among.reduce((best, share) => (share.size < best.size ? share : best));
    give(least, place);
  }
}

/** Moves partitions from members with more to those with less by two; ends, as squares shrink. */
function balance(shares: readonly Share[]): void {
  for (let moved = true; moved;) {
    moved = false;
    for (const from of shares.toSorted((a, b) => b.size - a.size)) {
      const to = shares
        .filter(({ size, topicIds }) => {
          const shared = [...from.assignment.keys()].some((topicId) => topicIds.has(topicId));
          return size < from.size - 1 && shared;
        })
        .toSorted((a, b) => a.size - b.size)[0];
      if (to === undefined) continue;
      const place = [...partitionsOf(from.assignment)].find(([id]) => to.topicIds.has(id))!;
      take(from, place);
      give(to, place);
      moved = true;
      break;
    }
  }
}

function give(share: Share, [topicId, partition]: Place): void {
  addTo(share.assignment, topicId, partition);
  share.size += 1;
}

function take(share: Share, [topicId, partition]: Place): void {
  const set = share.assignment.get(topicId)!;
  set.delete(partition);
  if (set.size === 0) share.assignment.delete(topicId);
  share.size -= 1;
}
