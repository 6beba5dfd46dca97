/**
 * Settings of a broker by Kafka's names, with defaults for one process: internal topics with one
 * replica, no delay before a group's first assignment.
 *
 * Upstream: apache/kafka: server/.../config/*.java; names kept, defaults where not said otherwise.
 */
import { InvalidArgumentError } from '../../../../native-free-io/index.ts';
import { ConfigType } from './topic-config.ts';

interface Rule {
  readonly type: ConfigType;
  readonly default: string;
  /** Changeable while the broker runs. */
  readonly isDynamic?: true;
  /** The topic setting that it is the default of. */
  readonly topic?: string;
  /** Upstream has its default under another name (hours): it is told when it was set. */
  readonly isUntold?: true;
}

const bool = (value: boolean): Rule => ({ type: ConfigType.boolean, default: String(value) });
const int = (value: number): Rule => ({ type: ConfigType.int, default: String(value) });
const long = (value: number): Rule => ({ type: ConfigType.long, default: String(value) });
const list = (value: string): Rule => ({ type: ConfigType.list, default: value });
const text = (value: string): Rule => ({ type: ConfigType.string, default: value });
const ofTopic = (topic: string, rule: Rule): Rule => ({ ...rule, topic, isDynamic: true });

export const brokerRules: Readonly<Record<string, Rule>> = {
  'allow.everyone.if.no.acl.found': bool(false),
  'auto.create.topics.enable': bool(true),
  'background.threads': int(1),
  'compression.type': ofTopic('compression.type', text('producer')),
  'connection.failed.authentication.delay.ms': int(100),
  'connections.max.idle.ms': long(600_000),
  'connections.max.reauth.ms': long(0),
  'default.replication.factor': int(1),
  'delete.topic.enable': bool(true),
  'fetch.max.bytes': { ...int(57_671_680), isDynamic: true },
  'group.consumer.heartbeat.interval.ms': int(5000),
  'group.consumer.max.size': int(2_147_483_647),
  'group.consumer.session.timeout.ms': int(45_000),
  'group.initial.rebalance.delay.ms': int(0),
  'group.max.session.timeout.ms': int(1_800_000),
  'group.max.size': int(2_147_483_647),
  'group.min.session.timeout.ms': int(10),
  'log.cleaner.delete.retention.ms': ofTopic('delete.retention.ms', long(86_400_000)),
  'log.cleaner.min.cleanable.ratio': ofTopic('min.cleanable.dirty.ratio', {
    type: ConfigType.double,
    default: '0.5',
  }),
  'log.cleanup.policy': ofTopic('cleanup.policy', list('delete')),
  'log.flush.interval.messages': ofTopic('flush.messages', long(Number.MAX_SAFE_INTEGER)),
  'log.index.interval.bytes': ofTopic('index.interval.bytes', int(4096)),
  'log.message.timestamp.type': ofTopic('message.timestamp.type', text('CreateTime')),
  'log.preallocate': ofTopic('preallocate', bool(false)),
  'log.retention.bytes': ofTopic('retention.bytes', long(-1)),
  'log.retention.ms': ofTopic('retention.ms', { ...long(604_800_000), isUntold: true }),
  'log.roll.ms': ofTopic('segment.ms', { ...long(604_800_000), isUntold: true }),
  'log.segment.bytes': ofTopic('segment.bytes', int(1_073_741_824)),
  'max.connections': int(2_147_483_647),
  'max.connections.per.ip': int(2_147_483_647),
  'max.incremental.fetch.session.cache.slots': int(1000),
  'message.max.bytes': ofTopic('max.message.bytes', int(1_048_588)),
  'min.insync.replicas': ofTopic('min.insync.replicas', int(1)),
  'num.partitions': int(1),
  'offset.metadata.max.bytes': int(4096),
  'offsets.commit.timeout.ms': int(5000),
  'offsets.retention.check.interval.ms': long(600_000),
  'offsets.retention.minutes': int(10_080),
  'offsets.topic.num.partitions': int(50),
  'offsets.topic.replication.factor': { type: ConfigType.short, default: '1' },
  'offsets.topic.segment.bytes': int(104_857_600),
  'producer.id.expiration.ms': int(86_400_000),
  'queued.max.request.bytes': long(268_435_456),
  'sasl.enabled.mechanisms': list(''),
  'sasl.server.max.receive.size': int(524_288),
  'socket.request.max.bytes': int(104_857_600),
  'super.users': text(''),
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': int(10_000),
  'transaction.max.timeout.ms': int(900_000),
  'transaction.partition.verification.enable': bool(true),
  'transaction.remove.expired.transaction.cleanup.interval.ms': int(3_600_000),
  'transaction.state.log.min.isr': int(1),
  'transaction.state.log.num.partitions': int(50),
  'transaction.state.log.replication.factor': { type: ConfigType.short, default: '1' },
  'transaction.state.log.segment.bytes': int(104_857_600),
  'transactional.id.expiration.ms': int(604_800_000),
  'unclean.leader.election.enable': ofTopic('unclean.leader.election.enable', bool(false)),
  // Of ours: how long a client may leave a frame unfinished, or answers untaken.
  'varve.slow.client.ms': long(30_000),
  // Of ours: answers that may wait for a client before it is not listened to any more.
  'varve.connection.max.queued.bytes': long(4_194_304),
};

export class BrokerConfig {
  readonly #values = new Map<string, string>();
  readonly given: ReadonlySet<string>;

  /** Throws OPTION_INVALID for a name that is not known or a value of the wrong type. */
  constructor(given: Readonly<Record<string, string | number | boolean>> = {}) {
    for (const [name, rule] of Object.entries(brokerRules)) this.#values.set(name, rule.default);
    for (const [name, value] of Object.entries(given)) this.set(name, String(value));
    this.given = new Set(Object.keys(given));
  }

  set(name: string, value: string): void {
    checkBrokerSetting(name, value);
    this.#values.set(name, value);
  }
  reset(name: string): void {
    this.#values.set(name, brokerRules[name]!.default);
  }

  text(name: keyof typeof brokerRules): string {
    const value = this.#values.get(name);
    if (value === undefined) throw unknown(name);
    return value;
  }
  number(name: keyof typeof brokerRules): number {
    return Number(this.text(name));
  }
  boolean(name: keyof typeof brokerRules): boolean {
    return this.text(name) === 'true';
  }
  list(name: keyof typeof brokerRules): string[] {
    return this.text(name)
      .split(/[,;]/)
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }

  /** Defaults of topics that differ from those of a topic without any settings. */
  topicDefaults(): Record<string, string> {
    const defaults: Record<string, string> = {};
    for (const [name, rule] of Object.entries(brokerRules)) {
      const value = this.#values.get(name)!;
      if (rule.topic !== undefined && value !== rule.default) defaults[rule.topic] = value;
    }
    return defaults;
  }

  /** All of them, for machines that take what they know. */
  entries(): Record<string, string> {
    return Object.fromEntries(this.#values);
  }
}

export function checkBrokerSetting(name: string, value: string): void {
  const rule = brokerRules[name];
  if (rule === undefined) throw unknown(name);
  const isNumber = rule.type === ConfigType.int || rule.type === ConfigType.long;
  const isWrong =
    (isNumber && !/^-?\d+$/.test(value)) ||
    (rule.type === ConfigType.boolean && value !== 'true' && value !== 'false') ||
    (rule.type === ConfigType.double && Number.isNaN(Number(value)));
  if (!isWrong) return;
  throw new InvalidArgumentError('OPTION_INVALID', `Invalid value ${value} for ${name}`);
}

function unknown(name: string): InvalidArgumentError {
  return new InvalidArgumentError('OPTION_INVALID', `no broker setting is called ${name}`);
}
