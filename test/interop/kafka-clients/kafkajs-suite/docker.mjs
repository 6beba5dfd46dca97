#!/usr/bin/env node
/**
 * Stands in for `docker` where kafkajs's tests call a command inside of a broker's container: the
 * one that adds partitions to a topic is understood and asked of the broker, everything else
 * refused.
 */
import { KafkaConnection } from '../../../../dist/src/roles/broker/index.js';

const args = process.argv.slice(2);
if (args[0] === 'ps') {
  console.log('broker');
  process.exit(0);
}
const found = /^kafka-topics .*--alter --topic (\S+) --partitions (\d+)$/.exec(args.at(-1));
if (args[0] !== 'exec' || found === null) {
  console.error(`not understood: docker ${args.join(' ')}`);
  process.exit(1);
}
const connection = await KafkaConnection.open({ host: 'localhost', port: 9092 });
const topics = [{ name: found[1], count: Number(found[2]), assignments: null }];
const request = { topics, timeoutMs: 10_000, validateOnly: false };
const { results } = await connection.request('createPartitions', request);
await connection.close();
if (results[0].error !== 0) {
  console.error(results[0].message);
  process.exit(1);
}
