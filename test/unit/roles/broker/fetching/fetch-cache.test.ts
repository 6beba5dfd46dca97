/** What a broker remembers of incremental fetches, and for whom (KIP-227). */
import { expect, test } from 'vitest';
import { epochAfter, FetchCache } from '../../../../../src/roles/broker/fetching/fetch-cache.ts';
import { realEnv } from '../../../../../src/env/index.ts';
import { fetchRequest } from '../../../../helpers/kafka-calls.ts';
import { manualEnv } from '../../../../helpers/manual-env.ts';

const version = 12;

function cacheOf(slots: number) {
  const { time, clock, random } = manualEnv();
  const cache = new FetchCache(realEnv({ clock, random }), slots);
  const begin = (partitions = 1) => {
    const indexes = Array.from({ length: partitions }, (_, at) => at);
    return cache.plan(fetchRequest({ fetchEpoch: 0, partitions: indexes }), version);
  };
  const go = (fetchId: number, fetchEpoch: number) =>
    cache.plan(fetchRequest({ fetchId, fetchEpoch, partitions: [] }), version);
  return { time, cache, begin, go };
}

const unknown = 70;
const wrongNumber = 71;

test('KF-92 identifiers are random and positive; a wrong number and an unknown identifier are told apart', () => {
  const { begin, go } = cacheOf(10);
  const ids = Array.from({ length: 8 }, () => begin().id);
  expect(new Set(ids).size).toBe(8);
  expect(ids.every((id) => Number.isInteger(id) && id > 0 && id <= 0x7fffffff)).toBe(true);
  const sorted = ids.toSorted((a, b) => a - b);
  expect(sorted).not.toEqual(ids);
  const [id] = ids as [number];
  expect(go(id, 1)).toMatchObject({ error: 0, isIncremental: true });
  expect(go(id, 1).error).toBe(wrongNumber);
  expect(go(id, 2).error).toBe(0);
  expect(go(id + 1, 1).error).toBe(unknown);
  // -1 closes: the fetch is a full one, and the identifier is no more.
  expect(go(id, -1)).toMatchObject({ error: 0, id: 0, isIncremental: false });
  expect(go(id, 3).error).toBe(unknown);
  expect([epochAfter(1), epochAfter(0x7fffffff)]).toEqual([2, 1]);
});

test('KF-93 one more than max.incremental.fetch.session.cache.slots gets a full answer without an identifier', () => {
  const { begin } = cacheOf(1000);
  for (let at = 0; at < 1000; at++) expect(begin().id).toBeGreaterThan(0);
  expect(begin()).toMatchObject({ error: 0, id: 0, isIncremental: false });
  expect(begin().partitions).toHaveLength(1);
});

test('KF-94 who fetched within two minutes is not pushed out, who did not is', () => {
  const { time, begin, go } = cacheOf(2);
  const rests = begin().id;
  const works = begin().id;
  time.advance(119_000);
  go(works, 1);
  time.advance(1000);
  expect(begin().id).toBe(0);
  time.advance(1);
  const late = begin().id;
  expect(late).toBeGreaterThan(0);
  expect(go(rests, 1).error).toBe(unknown);
  expect(go(works, 2).error).toBe(0);
  expect(begin().id).toBe(0);
});

test('a fetch of more partitions pushes out a smaller one that has been there for two minutes', () => {
  const { time, begin, go } = cacheOf(2);
  const small = begin(2).id;
  const large = begin(5).id;
  time.advance(100_000);
  expect([go(small, 1).error, go(large, 1).error]).toEqual([0, 0]);
  expect(begin(3).id).toBe(0);
  time.advance(21_000);
  expect([go(small, 2).error, go(large, 2).error]).toEqual([0, 0]);
  expect(begin(2).id).toBe(0);
  expect(begin(3).id).toBeGreaterThan(0);
  expect([go(small, 3).error, go(large, 3).error]).toEqual([unknown, 0]);
});

test('KF-96 of 1,200 clients on 1,000 places few change places', () => {
  const slots = 1000;
  const { time, begin, go } = cacheOf(slots);
  const clients = Array.from({ length: 1200 }, () => ({ id: 0, epoch: 0, made: 0 }));
  const minutes = 10;
  let made = 0;
  for (let second = 0; second < minutes * 60; second += 5) {
    for (const client of clients) {
      if (client.id !== 0 && go(client.id, client.epoch).error === 0) {
        client.epoch = epochAfter(client.epoch);
        continue;
      }
      client.id = begin().id;
      client.epoch = 1;
      if (client.id !== 0) made++;
    }
    time.advance(5000);
  }
  // At most all places in two minutes, and those that have one keep it.
  expect(made).toBeLessThanOrEqual((slots * minutes) / 2);
  expect(made).toBe(slots);
});
