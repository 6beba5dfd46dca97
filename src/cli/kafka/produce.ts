/** `varve kafka produce`: one record per line of standard input. */
import { encodeBatch, partitionOfKey, type KafkaConnection } from '../../roles/broker/index.ts';
import type { RecordInput } from '../../log/index.ts';
import { wholeNumber } from '../arguments.ts';
import { exitCode, UsageError, type Command, type Invocation } from '../command.ts';
import { lineGroups, untilAborted } from '../lines.ts';
import { plural } from '../progress.ts';
import { assertFine, brokerOptions, connect, partitionsOf, writeResult } from './shared.ts';

const timeoutMs = 30_000;

export const produceCommand: Command = {
  name: 'produce',
  summary: 'Send one record per line of standard input.',
  usage: 'TOPIC',
  arity: [1, 1],
  details: `
Records with a key go where Java's clients put them; the others to one partition per group of
lines. A topic that does not exist is made if the broker makes topics. Every batch is acknowledged.`,
  options: {
    'key-separator': { type: 'string', value: 'TEXT', help: 'what separates key and value' },
    partition: { type: 'string', short: 'p', value: 'N', help: 'send all there' },
    ...brokerOptions,
  },
  run: produce,
};

async function produce(invocation: Invocation): Promise<0> {
  const { io, flags, positionals } = invocation;
  const topic = positionals[0]!;
  const separator = flags['key-separator'] === undefined ? '' : String(flags['key-separator']);
  const fixed =
    flags['partition'] === undefined
      ? undefined
      : wholeNumber(invocation, 'partition', { fallback: 0 });
  await using connection = await connect(invocation);
  const partitions = (await partitionsOf(connection, topic, true)).length;
  if (fixed !== undefined && fixed >= partitions) {
    throw new UsageError(`--partition: ${topic} has the partitions 0 to ${partitions - 1}`);
  }
  let sent = 0;
  let turn = 0;
  for await (const lines of lineGroups(untilAborted(io.stdin, io.signal))) {
    const byPartition = new Map<number, RecordInput[]>();
    for (const line of lines) {
      const record = toRecord(line, separator);
      const index =
        fixed ??
        (record.key instanceof Uint8Array
          ? partitionOfKey(record.key, partitions)
          : turn % partitions);
      const group = byPartition.get(index);
      if (group === undefined) byPartition.set(index, [record]);
      else group.push(record);
    }
    turn++;
    for (const [index, records] of byPartition) await send(connection, { topic, index }, records);
    sent += lines.length;
  }
  const text = `${plural(sent, 'record')} sent to ${topic}\n`;
  await writeResult(invocation, { topic, records: sent }, text);
  return exitCode.fine;
}

function toRecord(line: Uint8Array, separator: string): RecordInput {
  // The lines of a group live only until the next one.
  if (separator === '') return { value: new Uint8Array(line) };
  const at = Buffer.from(line.buffer, line.byteOffset, line.length).indexOf(separator);
  if (at < 0) return { value: new Uint8Array(line) };
  const value = new Uint8Array(line.subarray(at + Buffer.byteLength(separator)));
  return { key: new Uint8Array(line.subarray(0, at)), value };
}

async function send(
  connection: KafkaConnection,
  { topic, index }: { readonly topic: string; readonly index: number },
  records: readonly RecordInput[],
): Promise<void> {
  for (let begin = 0; begin < records.length;) {
    const { bytes, next } = encodeBatch(records, begin, Date.now());
    const answer = await connection.request('produce', {
      transactionalId: null,
      acks: -1,
      timeoutMs,
      topics: [{ name: topic, partitions: [{ index, records: bytes }] }],
    });
    const { error, message } = answer.topics[0]!.partitions[0]!;
    assertFine(error, `${topic}-${index}`, message);
    begin = next;
  }
}
