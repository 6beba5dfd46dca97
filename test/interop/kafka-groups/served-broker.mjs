/**
 * A broker in a process of its own, to be killed: directory and port are its arguments. Runs what
 * was built.
 */
import { KafkaServer } from '../../../dist/src/roles/broker/index.js';

const [dir, port] = process.argv.slice(2);
const config = {
  'offsets.topic.num.partitions': 3,
  'transaction.state.log.num.partitions': 3,
};
const topics = { source: { partitions: 3 }, target: { partitions: 3 } };
const server = await KafkaServer.start({ dir, port: Number(port), config, topics });
console.log(JSON.stringify({ bootstrap: server.bootstrap }));
process.on('SIGTERM', () => void server.close().then(() => process.exit(0)));
