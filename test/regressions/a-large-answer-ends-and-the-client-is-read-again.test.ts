/**
 * A client whose answer was larger than `varve.connection.max.queued.bytes` was not read from any
 * more: the stream's last 'drain' came while the answer's last region still counted as waiting.
 */
import { expect, test } from 'vitest';
import { KafkaServer } from '../../src/roles/broker/index.ts';
import { batchOf, connectTo, fetchFrom, produceTo } from '../helpers/kafka-calls.ts';

const partitions = [0, 1, 2, 3, 4, 5, 6, 7];
const batch = batchOf([{ key: null, value: new Uint8Array(900_000) }]);

test.each(['', '65536'])('requests go on after a large answer (%s)', async (limit) => {
  const config = limit === '' ? {} : { 'varve.connection.max.queued.bytes': limit };
  await using server = await KafkaServer.start({ topics: { t: { partitions: 8 } }, config });
  const client = await connectTo(server);
  for (const index of partitions) await produceTo(client, batch, { index });
  for (let round = 0; round < 5; round++) {
    const answer = await fetchFrom(client, { partitions });
    const lengths = answer.topics[0]!.partitions.map(({ records }) => records?.length);
    expect(lengths).toEqual(partitions.map(() => batch.length));
  }
  await client.close();
});
