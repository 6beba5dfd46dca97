/** Single requests to a broker, with the fields that tests care about and defaults for the rest. */
import { BatchBuilder, type RecordInput } from '../../src/log/index.ts';
import { KafkaConnection, type ApiTypes, type KafkaServer } from '../../src/roles/broker/index.ts';
import { apis, type ApiName } from '../../src/roles/broker/protocol/generated/apis.ts';
import { WireWriter, zeroUuid } from '../../src/roles/broker/protocol/wire.ts';

export function connectTo(
  server: KafkaServer,
  options: { readonly user?: string; readonly password?: string; readonly clientId?: string } = {},
): Promise<KafkaConnection> {
  return KafkaConnection.open({ host: server.host, port: server.port, ...options });
}

/** A request as it goes over the wire, length in front, for a version with a plain header. */
export function plainFrame<K extends ApiName>(
  name: K,
  version: number,
  request: ApiTypes[K]['request'],
): Uint8Array {
  const writer = new WireWriter();
  writer.beginFrame();
  writer.int16(apis[name].key);
  writer.int16(version);
  writer.int32(0);
  writer.plainNullableString('test');
  apis[name].writeRequest(writer, version, request);
  writer.endFrame();
  return Buffer.concat(writer.takePieces().filter((piece) => piece instanceof Uint8Array));
}

export interface BatchInput {
  readonly producerId?: number;
  readonly epoch?: number;
  readonly sequence?: number;
  readonly transactional?: boolean;
  readonly codec?: number;
}

export function batchOf(records: readonly RecordInput[], input: BatchInput = {}): Uint8Array {
  using builder = new BatchBuilder();
  builder.reset({
    baseOffset: 0,
    codec: input.codec ?? 0,
    now: 1_700_000_000_000,
    maxBytes: 16 << 20,
    ...(input.producerId === undefined
      ? {}
      : {
          producerId: BigInt(input.producerId),
          producerEpoch: input.epoch ?? 0,
          baseSequence: input.sequence ?? 0,
          transactional: input.transactional ?? false,
        }),
  });
  builder.appendAll(records, 0);
  const { bytes, start, length } = builder.finish();
  return new Uint8Array(bytes.subarray(start, start + length));
}

export const values = (...texts: readonly string[]): RecordInput[] =>
  texts.map((value) => ({ key: `key of ${value}`, value }));

export interface ProduceInput {
  readonly topic?: string;
  readonly index?: number;
  readonly acks?: number;
  readonly version?: number;
  readonly transactionalId?: string;
}

/** The partition's part of the answer. */
export async function produceTo(
  connection: KafkaConnection,
  records: Uint8Array | null,
  input: ProduceInput = {},
): Promise<ApiTypes['produce']['response']['topics'][0]['partitions'][0] & { throttleMs: number }> {
  const { topic = 't', index = 0, acks = -1, version = 11, transactionalId = null } = input;
  const topics = [{ name: topic, partitions: [{ index, records }] }];
  const request = { transactionalId, acks, timeoutMs: 1000, topics };
  const answer = await connection.request('produce', request, { version });
  return { ...answer.topics[0]!.partitions[0]!, throttleMs: answer.throttleMs };
}

export interface FetchInput {
  readonly topic?: string;
  readonly offset?: number;
  readonly maxWaitMs?: number;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  readonly partitionMaxBytes?: number;
  readonly isolation?: number;
  readonly fetchId?: number;
  readonly fetchEpoch?: number;
  readonly leaderEpoch?: number;
  readonly lastFetchedEpoch?: number;
  readonly partitions?: readonly number[];
  readonly forgotten?: readonly number[];
}

export function fetchFrom(
  connection: KafkaConnection,
  input: FetchInput = {},
): Promise<ApiTypes['fetch']['response']> {
  return connection.request('fetch', fetchRequest(input), { version: 12 });
}

export function fetchRequest(input: FetchInput = {}): ApiTypes['fetch']['request'] {
  const topic = input.topic ?? 't';
  const partitions = (input.partitions ?? [0]).map((index) => ({
    index,
    currentLeaderEpoch: input.leaderEpoch ?? -1,
    fetchOffset: input.offset ?? 0,
    lastFetchedEpoch: input.lastFetchedEpoch ?? -1,
    logStart: -1,
    partitionMaxBytes: input.partitionMaxBytes ?? 1 << 20,
    replicaDirId: zeroUuid,
  }));
  const forgotten = input.forgotten ?? [];
  return {
    clusterId: null,
    replicaId: -1,
    replicaState: { replicaId: -1, replicaEpoch: -1 },
    maxWaitMs: input.maxWaitMs ?? 0,
    minBytes: input.minBytes ?? 1,
    maxBytes: input.maxBytes ?? 50 << 20,
    isolation: input.isolation ?? 0,
    fetchId: input.fetchId ?? 0,
    fetchEpoch: input.fetchEpoch ?? -1,
    topics: partitions.length === 0 ? [] : [{ name: topic, topicId: zeroUuid, partitions }],
    forgotten:
      forgotten.length === 0
        ? []
        : [{ name: topic, topicId: zeroUuid, partitions: [...forgotten] }],
    rackId: '',
  };
}
