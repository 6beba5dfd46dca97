/**
 * Batches for the tests that feed two logs: plain ones, those of idempotent producers,
 * transactions.
 */
import { textRecord, type BatchSpec } from './records.ts';

/** A little before the clock of the tests stands: 4.x refuses records from the future. */
export const startMs = 1_700_000_000_000 - 100_000;

/** Small batches of one to three records whose timestamps go up, with steps back in between. */
export function steady(count: number, from = 0): BatchSpec[] {
  return Array.from({ length: count }, (_, index) => {
    const n = from + index;
    const t = timeOf(n);
    return {
      records: Array.from({ length: 1 + (n % 3) }, (_unused, k) =>
        textRecord(`key-${n}`, `value ${n}.${k} `.repeat(1 + (n % 5)), t + ((k * 31) % 17), [
          ['n', String(n)],
          ['nothing', null],
        ]),
      ),
    };
  });
}

/** Timestamp of the first record of the `n`th steady batch. */
export function timeOf(n: number): number {
  return startMs + n * 10 - (n % 7) * 25;
}

export interface Producer {
  readonly id: number;
  readonly epoch?: number;
}

/** A batch of an idempotent producer; `n` makes its content and time. */
export function numbered(
  producer: Producer,
  baseSequence: number,
  options: { readonly n?: number; readonly count?: number; readonly transactional?: boolean } = {},
): BatchSpec {
  const { n = baseSequence, count = 2, transactional = false } = options;
  return {
    producerId: producer.id,
    producerEpoch: producer.epoch ?? 0,
    baseSequence,
    transactional,
    records: Array.from({ length: count }, (_, k) =>
      textRecord(`producer-${producer.id}`, `sequence ${baseSequence + k}`, timeOf(n) + k),
    ),
  };
}

/** The end of a transaction; to be appended with origin 'coordinator'. */
export function marker(
  producer: Producer,
  type: 'commit' | 'abort',
  options: { readonly timestamp?: number; readonly coordinatorEpoch?: number } = {},
): BatchSpec {
  return {
    producerId: producer.id,
    producerEpoch: producer.epoch ?? 0,
    marker: {
      type,
      timestamp: options.timestamp ?? startMs,
      coordinatorEpoch: options.coordinatorEpoch ?? 0,
    },
  };
}

export interface TransactionStep {
  readonly origin: 'client' | 'coordinator';
  readonly spec: BatchSpec;
}

/**
 * Overlapping transactions of three producers with plain batches between; the last one stays open.
 */
export function transactionScript(rounds: number): TransactionStep[] {
  const steps: TransactionStep[] = [];
  const sequences = new Map<number, number>();
  const [a, b, c] = [{ id: 4000 }, { id: 4001 }, { id: 4002, epoch: 3 }];
  const data = (producer: Producer, n: number): void => {
    const sequence = sequences.get(producer.id) ?? 0;
    sequences.set(producer.id, sequence + 2);
    steps.push({
      origin: 'client',
      spec: numbered(producer, sequence, { n, transactional: producer !== c }),
    });
  };
  const end = (producer: Producer, type: 'commit' | 'abort', n: number): void => {
    steps.push({ origin: 'coordinator', spec: marker(producer, type, { timestamp: timeOf(n) }) });
  };
  for (let round = 0; round < rounds; round++) {
    const n = round * 10;
    data(a, n);
    data(b, n + 1);
    data(c, n + 2);
    data(a, n + 3);
    end(a, round % 2 === 0 ? 'abort' : 'commit', n + 4);
    for (const spec of steady(2, n + 5)) steps.push({ origin: 'client', spec });
    data(b, n + 7);
    end(b, round % 3 === 0 ? 'commit' : 'abort', n + 8);
    data(b, n + 9);
    end(b, 'abort', n + 9);
  }
  data(a, rounds * 10);
  data(b, rounds * 10 + 1);
  end(a, 'abort', rounds * 10 + 2);
  return steps;
}
