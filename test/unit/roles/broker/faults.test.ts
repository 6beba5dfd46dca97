/** A disk that fails under a broker: clients are told, and nothing acknowledged is lost. */
import { expect, test } from 'vitest';
import { FaultFileSystem, MemoryFileSystem } from '../../../../native-free-io/index.ts';
import { KafkaServer } from '../../../../src/roles/broker/index.ts';
import { batchOf, connectTo, produceTo, values } from '../../../helpers/kafka-calls.ts';

test.each(['ENOSPC', 'EIO'])(
  '%s while a batch is written is answered with an error',
  async (errno) => {
    const fs = new FaultFileSystem(new MemoryFileSystem());
    const options = { dir: '/kafka', env: { fs }, topics: { t: {}, other: {} } };
    {
      await using server = await KafkaServer.start(options);
      await using connection = await connectTo(server);
      expect(await produceTo(connection, batchOf(values('a')))).toMatchObject({ baseOffset: 0 });
      fs.addRule({ on: 'write', path: /t-0.*\.log$/, fault: { kind: 'short', errno } });
      const failed = await produceTo(connection, batchOf(values('b')));
      expect(failed.error).not.toBe(0);
      const other = await produceTo(connection, batchOf(values('c')), { topic: 'other' });
      expect(other).toMatchObject({ error: 0, baseOffset: 0 });
    }
    fs.clearRules();
    await using server = await KafkaServer.start(options);
    await using connection = await connectTo(server);
    expect(await produceTo(connection, batchOf(values('d')))).toMatchObject({
      error: 0,
      baseOffset: 1,
    });
  },
);
