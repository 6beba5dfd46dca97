/**
 * What a partition log was told and what it acknowledged: from this follows which logs a crash may
 * leave.
 *
 * An allowed log shows one of the states the log may be in (the last one that was settled, or the
 * one that a step under way leads to). Each of its segments holds the first whole batches of that
 * stretch of the state, and no record that was acknowledged as synced, and not removed since, is
 * missing. So within a segment only a tail can be lost; but a segment that had ended and was not
 * yet synced may lose its tail while the next one survives, as in Kafka, which does not wait for
 * the old segment's sync before it writes to the new one either.
 */
import { expect } from 'vitest';
import type { PlainRecord } from '../helpers/batches.ts';

export interface HistoryRecord {
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
}

export interface State {
  readonly records: readonly HistoryRecord[];
  readonly start: number;
  readonly end: number;
}

export interface RecoveredLog {
  readonly start: number;
  readonly end: number;
  /** Base offsets of its segments, ascending. */
  readonly bases: readonly number[];
  /** From the start on. */
  readonly records: readonly PlainRecord[];
}

export class History {
  #state: State = { records: [], start: 0, end: 0 };
  #next: State | undefined;
  /** Everything below that is not removed must survive. */
  #durableEnd = 0;
  #ends = new Set([0]);
  #serial = 0;

  copy(): History {
    const copy = new History();
    copy.#state = this.#state;
    copy.#next = this.#next;
    copy.#durableEnd = this.#durableEnd;
    copy.#ends = new Set(this.#ends);
    copy.#serial = this.#serial;
    return copy;
  }

  get state(): State {
    return this.#state;
  }

  /** New records for one append; they may survive from now on. Values never repeat. */
  append(keys: readonly (string | null)[], isTombstone = false): HistoryRecord[] {
    const { records, start, end } = this.#state;
    const added = keys.map((key, index) => ({
      offset: end + index,
      key,
      value: isTombstone ? null : `value ${++this.#serial}`,
    }));
    this.#state = { records: [...records, ...added], start, end: end + added.length };
    this.#ends.add(this.#state.end);
    return added;
  }

  /** Everything appended so far was acknowledged as synced. */
  synced(): void {
    this.#durableEnd = this.#state.end;
  }

  /** A step began that leads to this state, which keeps less than the present one. */
  begin(next: State): void {
    this.#next = next;
    this.#durableEnd = Math.min(this.#durableEnd, next.end);
    this.#ends.add(next.end);
  }

  /** The step was acknowledged: there is no way back. */
  settle(): void {
    this.#state = this.#next!;
    this.#next = undefined;
  }

  /** Fails unless this is an allowed log. */
  check(log: RecoveredLog): void {
    const states = this.#next === undefined ? [this.#state] : [this.#state, this.#next];
    const problems = states.map((state) => this.#problem(state, log));
    if (problems.includes(undefined)) return;
    expect.fail(problems.join('; '));
  }

  #problem(state: State, log: RecoveredLog): string | undefined {
    const startMax = Math.max(state.start, this.#next?.start ?? 0);
    if (log.start < state.start || log.start > startMax) {
      return `starts at ${log.start}, not within ${state.start}..${startMax}`;
    }
    if (log.end < this.#durableEnd || log.end > state.end) {
      return `ends at ${log.end}, not within ${this.#durableEnd}..${state.end}`;
    }
    if (!this.#ends.has(log.end)) return `ends at ${log.end}, inside a batch`;
    for (const [index, base] of log.bases.entries()) {
      const from = Math.max(base, log.start);
      const to = log.bases[index + 1] ?? log.end;
      const problem = this.#segmentProblem(between(state.records, from, to), {
        found: between(log.records, from, to),
        isLast: index === log.bases.length - 1,
      });
      if (problem !== undefined) return problem;
    }
    const inSegments = between(log.records, Math.max(log.bases[0]!, log.start), log.end).length;
    if (inSegments !== log.records.length) return 'serves records outside its segments';
    return undefined;
  }

  #segmentProblem(
    wanted: readonly HistoryRecord[],
    segment: { readonly found: readonly PlainRecord[]; readonly isLast: boolean },
  ): string | undefined {
    const { found, isLast } = segment;
    const text = (record: HistoryRecord | undefined): string =>
      record === undefined ? 'nothing' : JSON.stringify([record.offset, record.key, record.value]);
    for (const [index, record] of found.entries()) {
      if (text(record) === text(wanted[index])) continue;
      return `found ${text(record)} where ${text(wanted[index])} belongs`;
    }
    const missing = wanted[found.length];
    if (missing === undefined) return undefined;
    if (isLast) return `ends behind ${text(missing)}, which it lacks`;
    if (missing.offset < this.#durableEnd) return `lacks ${text(missing)}, which was synced`;
    if (!this.#ends.has(missing.offset))
      return `a segment ends before ${text(missing)}, in a batch`;
    return undefined;
  }
}

function between<R extends HistoryRecord>(records: readonly R[], from: number, to: number): R[] {
  return records.filter(({ offset }) => offset >= from && offset < to);
}

/** The state with only the last record of each key below `cleanEnd`, as compaction leaves it. */
export function compacted({ records, start, end }: State, cleanEnd: number): State {
  const last = new Map<string | null, number>();
  for (const { offset, key } of records) if (offset < cleanEnd) last.set(key, offset);
  const kept = records.filter(({ offset, key }) => offset >= cleanEnd || last.get(key) === offset);
  return { records: kept, start, end };
}
