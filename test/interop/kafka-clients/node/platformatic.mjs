/**
 * Produces, consumes in a group and administers with @platformatic/kafka.
 *
 * usage: node test/interop/kafka-clients/node/platformatic.mjs BOOTSTRAP FOLDER COUNT
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [bootstrap, folder, count] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${folder}/package.json`));
const { Admin, Consumer, Producer, stringDeserializers, stringSerializers } = await import(
  pathToFileURL(require.resolve('@platformatic/kafka')).href
);

const common = { clientId: 'platformatic', bootstrapBrokers: [bootstrap] };
const admin = new Admin(common);
await admin.createTopics({ topics: ['words'], partitions: 2, replicas: 1 });

const producer = new Producer({ ...common, serializers: stringSerializers });
const messages = Array.from({ length: Number(count) }, (_, at) => {
  return { topic: 'words', key: `k${at}`, value: `v${at}` };
});
await producer.send({ messages });
await producer.close();

const consumer = new Consumer({ ...common, groupId: 'g', deserializers: stringDeserializers });
const stream = await consumer.consume({ topics: ['words'], mode: 'earliest', autocommit: true });
const seen = new Set();
for await (const message of stream) {
  seen.add(message.value);
  if (seen.size === messages.length) break;
}
await stream.close();
await consumer.close(true);
const groups = await admin.listGroups();
await admin.close();
console.log(`seen ${seen.size} groups ${[...groups.keys()].join()}`);
