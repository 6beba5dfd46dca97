/** The assignors of the server side, on drawn groups: complete, balanced, and sticky. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { assignRange } from '../../../../../src/roles/broker/group/assign-range.ts';
import { assignUniform } from '../../../../../src/roles/broker/group/assign-uniform.ts';
import {
  partitionsOf,
  sizeOf,
  type Assignment,
} from '../../../../../src/roles/broker/group/assignment.ts';
import type { Assignor, AssignorInput } from '../../../../../src/roles/broker/group/assignor.ts';

const counts: Readonly<Record<string, number>> = { a: 5, b: 8, c: 1 };
const partitionCount = (topicId: string): number => counts[topicId] ?? 0;
const subscription = fc.subarray(['a', 'b', 'c'], { minLength: 1 });

function inputOf(
  subscriptions: readonly string[][],
  targets: ReadonlyMap<string, Assignment> = new Map(),
): AssignorInput {
  const members = subscriptions.map((topicIds, index) => ({
    memberId: `m${index}`,
    instanceId: null,
    topicIds,
    target: targets.get(`m${index}`) ?? new Map(),
  }));
  return { members, partitionCount };
}

function checkComplete(input: AssignorInput, result: Map<string, Assignment>): void {
  const given = [...result].flatMap(([memberId, assignment]) =>
    [...partitionsOf(assignment)].map(([topicId, partition]) => {
      const member = input.members.find((one) => one.memberId === memberId)!;
      expect(member.topicIds).toContain(topicId);
      return `${topicId}${partition}`;
    }),
  );
  const wanted = new Set(input.members.flatMap(({ topicIds }) => topicIds));
  const all = [...wanted].flatMap((topicId) =>
    Array.from({ length: partitionCount(topicId) }, (_, index) => `${topicId}${index}`),
  );
  expect(given.toSorted((a, b) => a.localeCompare(b))).toEqual(
    all.toSorted((a, b) => a.localeCompare(b)),
  );
}

test.each([
  ['range', assignRange],
  ['uniform', assignUniform],
] as [string, Assignor][])('%s gives every partition to one subscriber', (_name, assign) => {
  fc.assert(
    fc.property(fc.array(subscription, { minLength: 1, maxLength: 6 }), (subscriptions) => {
      const input = inputOf(subscriptions);
      checkComplete(input, assign(input));
    }),
  );
});

test('uniform differs by one at most, and moves no more than it must when members come and go', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }), (before, after) => {
      const topics = (count: number) => Array.from({ length: count }, () => ['a', 'b']);
      const first = assignUniform(inputOf(topics(before)));
      const input = inputOf(topics(after), first);
      const second = assignUniform(input);
      checkComplete(input, second);
      const sizes = [...second.values()].map(sizeOf);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      for (const [memberId, assignment] of second) {
        const had = first.get(memberId);
        if (had === undefined) continue;
        const kept = [...partitionsOf(assignment)].filter(([topicId, partition]) =>
          had.get(topicId)?.has(partition),
        );
        expect(kept).toHaveLength(Math.min(sizeOf(had), sizeOf(assignment)));
      }
    }),
  );
});

test('uniform balances members of different subscriptions', () => {
  const result = assignUniform(inputOf([['a', 'b', 'c'], ['a'], ['b']]));

  const sizes = [...result.values()].map(sizeOf);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
});

test('range gives the first members one more, those with an instance id first', () => {
  const { members } = inputOf([['a'], ['a']]);
  const result = assignRange({
    members: [members[0]!, { ...members[1]!, instanceId: 'z' }],
    partitionCount,
  });
  expect([...result.get('m1')!.get('a')!]).toEqual([0, 1, 2]);
  expect([...result.get('m0')!.get('a')!]).toEqual([3, 4]);
});
