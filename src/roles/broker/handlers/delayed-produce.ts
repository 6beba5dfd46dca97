/**
 * Produce with acks -1 answers when all in-sync replicas have the records: when the high watermark
 * passed them. With this broker as the only replica that is at once.
 */
import type { Broker } from '../broker.ts';
import type { ProduceResponse } from '../protocol/generated/produce.ts';
import type { Partition } from '../topics/partition.ts';
import { ErrorCode } from '../../shared/error-code.ts';

interface Awaited {
  readonly answer: { error: number };
  readonly partition: Partition;
  /** The high watermark has to get here. */
  readonly offset: number;
}

export function afterHighWatermark(
  broker: Broker,
  response: ProduceResponse,
  timeoutMs: number,
  signal: AbortSignal,
): ProduceResponse | Promise<ProduceResponse> {
  const awaited: Awaited[] = [];
  for (const { name, partitions } of response.topics) {
    for (const answer of partitions) {
      if (answer.error !== ErrorCode.none) continue;
      const partition = broker.topics.partition(name, answer.index);
      if (partition === undefined) continue;
      // What was appended in this turn is everything up to the log's end.
      const offset = partition.log.logEndOffset;
      if (partition.log.highWatermark < offset) awaited.push({ answer, partition, offset });
    }
  }
  if (awaited.length === 0) return response;
  return new Promise((resolve) => {
    const ends: (() => void)[] = [];
    const finish = (): void => {
      for (const end of ends) end();
      resolve(response);
    };
    const look = (): void => {
      for (const one of awaited) {
        if (one.partition.isGone) one.answer.error = ErrorCode.notLeaderOrFollower;
      }
      if (awaited.every(isDone)) finish();
    };
    const expire = (): void => {
      for (const one of awaited) if (!isDone(one)) one.answer.error = ErrorCode.requestTimedOut;
      finish();
    };
    for (const { partition } of awaited) ends.push(partition.onChange(look));
    ends.push(broker.env.timers.after(Math.max(0, timeoutMs), expire));
    signal.addEventListener('abort', expire, { once: true });
    ends.push(() => signal.removeEventListener('abort', expire));
  });
}

function isDone({ answer, partition, offset }: Awaited): boolean {
  return answer.error !== ErrorCode.none || partition.log.highWatermark >= offset;
}
