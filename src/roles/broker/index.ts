/** Door of `varve/kafka`: a Kafka broker in the process. */
export {
  KafkaServer,
  type AuthorizationInput,
  type KafkaServerOptions,
  type SaslInput,
  type TopicInput,
} from './kafka-server.ts';
export type { ListenerInput } from './connection/listeners.ts';
export type { TlsServerOptions } from '../transport/index.ts';
export type { Endpoint } from './request-context.ts';
export { KafkaConnection, type KafkaConnectionOptions } from './client/kafka-connection.ts';
export { apis, type ApiName, type ApiTypes } from './protocol/generated/apis.ts';
export {
  batchesOf,
  committedBatchesOf,
  encodeBatch,
  murmur2,
  partitionOfKey,
  type AbortedTransaction,
  type JudgedBatch,
} from './client/record-io.ts';
export { kafkaErrorText } from './client/error-text.ts';
