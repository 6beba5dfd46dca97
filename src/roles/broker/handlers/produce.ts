/**
 * Produce: validates what a client sent and appends it, partition by partition.
 *
 * A partition's failure is its own. With acks 0 there is no answer: a failure closes the
 * connection, so that the producer asks for metadata anew.
 */
import { recodeBatch } from '../../../log/index.ts';
import type { Broker } from '../broker.ts';
import type { Handler } from '../handler.ts';
import { errorOf } from '../log-errors.ts';
import type {
  ProduceRequest,
  ProduceRequestTopicPartition,
  ProduceResponseTopicPartition,
} from '../protocol/generated/produce.ts';
import { CloseConnection, type RequestContext } from '../request-context.ts';
import { Operation, Resource } from '../security/acl-rules.ts';
import type { Partition } from '../topics/partition.ts';
import { isInternalTopic } from '../topics/topic.ts';
import { ErrorCode } from '../../shared/error-code.ts';
import { afterHighWatermark } from './delayed-produce.ts';
import { recordErrors, recordErrorsText } from './record-errors.ts';

/** Positions in a batch that are looked at before the log sees it. */
const magicPosition = 16;
const attributesPosition = 21;
const producerIdPosition = 43;
const producerEpochPosition = 51;
const headerBytes = 61;
const transactionalBit = 0x10;
const zstdNumber = 4;
/** From here on a write makes its partition part of the transaction (KIP-890). */
const enrollingVersion = 12;

/**
 * Asked before a transactional batch opens a transaction in a partition: whether the partition is
 * part of the producer's, or, where `isImplicit`, to make it so.
 */
export type JoinTransaction = (batch: {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly topic: string;
  readonly partition: number;
  readonly isImplicit: boolean;
}) => ErrorCode;

export function produce(broker: Broker, join: JoinTransaction): Handler<'produce'> {
  const appender = new Appender(broker, join);
  return (request, context) => {
    const answer = appender.append(request, context);
    const { acks } = request;
    const failed = acks === 0 && answer.topics.some(isFailed);
    if (failed) throw new CloseConnection('produce with acks 0 failed');
    if (acks === 0) return undefined;
    if (acks !== -1) return answer;
    return afterHighWatermark(broker, answer, request.timeoutMs, context.signal);
  };
}

function isFailed(topic: { readonly partitions: readonly { readonly error: number }[] }): boolean {
  return topic.partitions.some(({ error }) => error !== ErrorCode.none);
}

class Appender {
  readonly #broker: Broker;
  readonly #join: JoinTransaction;

  constructor(broker: Broker, join: JoinTransaction) {
    this.#broker = broker;
    this.#join = join;
  }

  append(request: ProduceRequest, context: RequestContext) {
    const { quotas, metrics } = this.#broker;
    const acksFine = request.acks >= -1 && request.acks <= 1;
    let bytes = 0;
    const topics = request.topics.map(({ name, partitions }) => {
      const refused = acksFine
        ? this.#topicError(name, request, context)
        : ErrorCode.invalidRequiredAcks;
      return {
        name,
        partitions: partitions.map((asked) => {
          bytes += asked.records?.length ?? 0;
          if (refused !== ErrorCode.none) return failure(asked.index, refused);
          return this.#appendTo(name, asked, request, context);
        }),
      };
    });
    metrics.producedBytes += bytes;
    const who = { user: context.principal.name, clientId: context.clientId };
    const throttleMs = quotas.record('producer_byte_rate', who, bytes);
    if (throttleMs > 0) context.throttle(throttleMs);
    return { topics, throttleMs, nodes: [] };
  }

  #topicError(name: string, request: ProduceRequest, context: RequestContext): ErrorCode {
    const { authorizer } = this.#broker;
    if (!authorizer.allowsTopic(context, Operation.write, name)) {
      return ErrorCode.topicAuthorizationFailed;
    }
    const { transactionalId } = request;
    const isRefused =
      transactionalId !== null &&
      !authorizer.allows(context, Operation.write, Resource.transactionalId, transactionalId);
    if (isRefused) return ErrorCode.transactionalIdAuthorizationFailed;
    if (isInternalTopic(name) && context.clientId !== '__admin_client') {
      return ErrorCode.invalidTopic;
    }
    return ErrorCode.none;
  }

  #appendTo(
    topic: string,
    asked: ProduceRequestTopicPartition,
    request: ProduceRequest,
    context: RequestContext,
  ): ProduceResponseTopicPartition {
    const partition = this.#broker.topics.partition(topic, asked.index);
    if (partition === undefined) return failure(asked.index, ErrorCode.unknownTopicOrPartition);
    const { records } = asked;
    if (records === null) return failure(asked.index, ErrorCode.invalidRecord);
    const early = this.#hasReplicas(topic, request.acks)
      ? this.#checkBatch(records, partition, request, context.version)
      : ErrorCode.notEnoughReplicas;
    if (early !== ErrorCode.none) return failure(asked.index, early);
    try {
      const stored = recodeBatch(partition.log.core, records) ?? records;
      const result = partition.append(stored, { validate: 'records' });
      this.#broker.metrics.producedBatches++;
      return {
        index: asked.index,
        error: ErrorCode.none,
        baseOffset: result.baseOffset,
        logAppendTime: result.logAppendTime,
        logStart: result.logStartOffset,
        recordErrors: [],
        message: null,
        currentLeader: { leaderId: -1, epoch: -1 },
      };
    } catch (error) {
      const answer = failure(asked.index, errorOf(error));
      if (answer.error === ErrorCode.unknownServerError || answer.error === 56) {
        this.#broker.env.logger.log('error', 'an append failed', { topic, error: String(error) });
      }
      if (error instanceof Error) answer.message = error.message;
      answer.recordErrors = recordErrors(partition, records, error);
      if (answer.recordErrors.length > 0) answer.message = recordErrorsText(answer.recordErrors);
      return answer;
    }
  }

  /** All in-sync replicas are this one: acks all may ask for more. */
  #hasReplicas(topic: string, acks: number): boolean {
    const { topics } = this.#broker;
    const own = topics.get(topic)?.config['min.insync.replicas'];
    return acks !== -1 || Number(own ?? topics.defaults['min.insync.replicas'] ?? 1) <= 1;
  }

  /** One whole batch of version 2, a codec this version knows, a transaction that is known. */
  #checkBatch(
    records: Uint8Array,
    partition: Partition,
    request: ProduceRequest,
    version: number,
  ): ErrorCode {
    if (records.length < headerBytes) {
      return records.length === 0 ? ErrorCode.invalidRecord : ErrorCode.corruptMessage;
    }
    const view = new DataView(records.buffer, records.byteOffset, records.length);
    if (view.getInt8(magicPosition) !== 2) return ErrorCode.invalidRecord;
    const size = view.getInt32(8) + 12;
    if (size > records.length || size < headerBytes) return ErrorCode.corruptMessage;
    if (size < records.length) return ErrorCode.invalidRecord;
    const attributes = view.getInt16(attributesPosition);
    if ((attributes & 7) === zstdNumber && version < 7) return ErrorCode.unsupportedCompressionType;
    if ((attributes & transactionalBit) === 0) return ErrorCode.none;
    const { transactionalId } = request;
    if (transactionalId === null) return ErrorCode.invalidRecord;
    const producerId = Number(view.getBigInt64(producerIdPosition));
    const known = partition.log.core.producers.producer(BigInt(producerId));
    const producerEpoch = view.getInt16(producerEpochPosition);
    // Open with another epoch: its end is decided, and its marker on the way.
    const isOpen = known !== undefined && known.txnFirstOffset >= 0;
    if (isOpen && known.epoch === producerEpoch) return ErrorCode.none;
    const { topic, index } = partition;
    const isImplicit = version >= enrollingVersion;
    const batch = { transactionalId, producerId, producerEpoch, topic, partition: index };
    return this.#join({ ...batch, isImplicit });
  }
}

function failure(index: number, error: ErrorCode): ProduceResponseTopicPartition {
  return {
    index,
    error,
    baseOffset: -1,
    logAppendTime: -1,
    logStart: -1,
    recordErrors: [],
    message: null,
    currentLeader: { leaderId: -1, epoch: -1 },
  };
}
