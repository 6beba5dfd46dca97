/**
 * A Kafka broker in the process: opens a directory, listens, serves unmodified clients, closes.
 *
 *    await using kafka = await KafkaServer.start({ topics: { orders: { partitions: 3 } } });
 *    new Kafka({ brokers: [kafka.bootstrap] })
 */
import { InvalidArgumentError } from '../../../native-free-io/index.ts';
import { realEnv, type Env } from '../../env/index.ts';
import { LogDirectory, type MaintenanceOptions } from '../../log/index.ts';
import type { Listener } from '../transport/index.ts';
import type { Broker } from './broker.ts';
import { BrokerConfig } from './config/broker-config.ts';
import { checkTopicConfig } from './config/topic-config.ts';
import { Connections } from './connection/connections.ts';
import { openListeners, type ListenerInput } from './connection/listeners.ts';
import { Coordinators } from './coordinator/coordinators.ts';
import { Dispatcher } from './connection/dispatcher.ts';
import { FetchCache } from './fetching/fetch-cache.ts';
import { makeHandlers } from './handlers/all.ts';
import { Metrics } from './metrics.ts';
import { metricsText } from './metrics-text.ts';
import { serveMetrics } from './metrics-endpoint.ts';
import { ProducerIds } from './producer-ids.ts';
import { Authorizer, type AuthorizerOptions } from './security/authorizer.ts';
import { knownMechanisms, Logins } from './security/logins.ts';
import { Quotas } from './security/quotas.ts';
import { ScramUsers } from './security/scram-users.ts';
import { newTemporaryFolder, removeForgotten, removeTemporaryFolder } from './temporary-folder.ts';
import { TemporaryFileSystem } from './temporary-fs.ts';
import { BrokerState } from './topics/broker-state.ts';
import { Topics } from './topics/topics.ts';

export interface TopicInput {
  /** Default: the broker's `num.partitions`. */
  readonly partitions?: number;
  /** Settings by Kafka's names. */
  readonly config?: Readonly<Record<string, string | number | boolean>>;
}

export interface SaslInput {
  /** Default: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512. */
  readonly mechanisms?: readonly string[];
  /** Passwords by user, for as long as the broker runs; the admin API makes users that stay. */
  readonly users?: Readonly<Record<string, string>>;
}

export interface AuthorizationInput {
  /** Principals that may do everything: `User:admin`. */
  readonly superUsers?: readonly string[];
  /** What holds for a resource without any rule. Default false. */
  readonly allowIfNoRule?: boolean;
}

/** The first listener, and what lies behind it. */
export interface KafkaServerOptions extends ListenerInput {
  /** The log directory, made if missing. Without one the broker is temporary: a folder of its own
   *  that goes when it closes. */
  readonly dir?: string;
  /** Further ones: other ports, with TLS or without, with logins or without. */
  readonly listeners?: readonly ListenerInput[];
  /** Topics that shall exist; those that do are left as they are. */
  readonly topics?: Readonly<Record<string, TopicInput>>;
  /** Settings of the broker by Kafka's names: `auto.create.topics.enable`. */
  readonly config?: Readonly<Record<string, string | number | boolean>>;
  /** Default 1, or what the directory says. */
  readonly nodeId?: number;
  readonly clusterId?: string;
  readonly rack?: string;
  /** Clients have to log in. */
  readonly sasl?: SaslInput;
  /** Access rules count; without it everybody may do everything. */
  readonly authorization?: AuthorizationInput;
  /** Where Prometheus reads; 0 for any free port. Default: nowhere, see `metrics`. */
  readonly metricsPort?: number;
  readonly env?: Partial<Env>;
  /** Background work on the logs; `false` for none. */
  readonly maintenance?: MaintenanceOptions | false;
}

export class KafkaServer implements AsyncDisposable {
  readonly #broker: Broker;
  readonly #coordinators: Coordinators;
  readonly #listeners: readonly Listener[];
  readonly #metricsListener: Listener | undefined;
  readonly #connections: Connections;
  readonly #stop: AbortController;
  readonly #temporary: string | undefined;
  #closing: Promise<void> | undefined;

  private constructor(parts: {
    broker: Broker;
    coordinators: Coordinators;
    listeners: readonly Listener[];
    metricsListener: Listener | undefined;
    connections: Connections;
    stop: AbortController;
    temporary: string | undefined;
  }) {
    this.#broker = parts.broker;
    this.#coordinators = parts.coordinators;
    this.#listeners = parts.listeners;
    this.#metricsListener = parts.metricsListener;
    this.#connections = parts.connections;
    this.#stop = parts.stop;
    this.#temporary = parts.temporary;
  }

  /** Resolves when clients are served. */
  static async start(options: KafkaServerOptions = {}): Promise<KafkaServer> {
    const isTemporary = options.dir === undefined;
    const env = realEnv({
      ...(isTemporary ? { fs: new TemporaryFileSystem() } : {}),
      ...options.env,
    });
    const config = new BrokerConfig(options.config);
    const temporary = isTemporary ? newTemporaryFolder(env) : undefined;
    if (temporary !== undefined) useTemporaryDefaults(config);
    const dir = options.dir ?? temporary!;
    const directory = await LogDirectory.open({
      dir,
      env,
      ...(options.maintenance === undefined ? {} : { maintenance: options.maintenance }),
      ...(options.nodeId === undefined ? {} : { nodeId: options.nodeId }),
      ...(options.clusterId === undefined ? {} : { clusterId: options.clusterId }),
    });
    try {
      return await KafkaServer.#serve(options, { env, config, directory, temporary });
    } catch (error) {
      await directory.close();
      if (temporary !== undefined) removeTemporaryFolder(env, temporary);
      throw error;
    }
  }

  static async #serve(
    options: KafkaServerOptions,
    parts: {
      env: Env;
      config: BrokerConfig;
      directory: LogDirectory;
      temporary: string | undefined;
    },
  ): Promise<KafkaServer> {
    const { env, config, directory, temporary } = parts;
    const stop = new AbortController();
    const broker = await makeBroker(options, { ...parts, stopping: stop.signal });
    await makeTopics(broker, options.topics ?? {});
    const coordinators = new Coordinators(broker);
    const mechanisms = saslMechanisms(options, config);
    const logins = new Logins({ env, config, users: broker.users, mechanisms });
    const dispatcher = new Dispatcher({
      handlers: makeHandlers(broker, logins, coordinators),
      clock: env.clock,
      metrics: broker.metrics,
      logins,
      quotas: broker.quotas,
    });
    const connections = new Connections({
      env,
      config,
      dispatcher,
      logins,
      metrics: broker.metrics,
    });
    const listeners = await openListeners([options, ...(options.listeners ?? [])], {
      logger: env.logger,
      accept: (peer, gate) => connections.accept(peer, gate),
    });
    const { host, port } = listeners[0]!;
    env.logger.log('info', 'serving', { host, port, dir: directory.dir });
    if (temporary !== undefined) void removeForgotten(env, temporary, stop.signal);
    const { metricsPort } = options;
    const metricsListener =
      metricsPort === undefined
        ? undefined
        : await serveMetrics({ host, port: metricsPort }, () => metricsText(broker));
    return new KafkaServer({
      metricsListener,
      broker,
      coordinators,
      listeners,
      connections,
      stop,
      temporary,
    });
  }

  get host(): string {
    return this.#listeners[0]!.host;
  }
  get port(): number {
    return this.#listeners[0]!.port;
  }
  /** For clients: `host:port`. */
  get bootstrap(): string {
    return `${this.host}:${this.port}`;
  }
  /** Ports of all listeners, the first one's first. */
  get ports(): number[] {
    return this.#listeners.map(({ port }) => port);
  }
  /** Port of the numbers for Prometheus, if it was asked for. */
  get metricsPort(): number | undefined {
    return this.#metricsListener?.port;
  }
  /** Names of the topics there are. */
  get topics(): string[] {
    return this.#broker.topics.all().map(({ name }) => name);
  }
  /** The broker's numbers in Prometheus' text format. */
  metrics(): string {
    return metricsText(this.#broker);
  }
  get dir(): string {
    return this.#broker.topics.directory.dir;
  }

  /** Answers who waits, lets answers leave, closes the logs in order. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { topics, env } = this.#broker;
    const closed = Promise.all([
      ...this.#listeners.map((listener) => listener.close()),
      this.#metricsListener?.close(),
    ]);
    this.#stop.abort();
    this.#coordinators.close();
    await this.#connections.close();
    await closed;
    await topics.directory.close();
    if (this.#temporary !== undefined) removeTemporaryFolder(env, this.#temporary);
  }
}

/** Nobody else will read the directory: few internal partitions are made faster than fifty. */
function useTemporaryDefaults(config: BrokerConfig): void {
  for (const name of ['offsets.topic.num.partitions', 'transaction.state.log.num.partitions']) {
    if (!config.given.has(name)) config.set(name, '2');
  }
}

async function makeBroker(
  options: KafkaServerOptions,
  parts: { env: Env; config: BrokerConfig; directory: LogDirectory; stopping: AbortSignal },
): Promise<Broker> {
  const { env, config, directory, stopping } = parts;
  const state = BrokerState.open(env.fs, directory.dir);
  for (const [name, value] of Object.entries(state.content.brokerConfig)) config.set(name, value);
  const topics = await Topics.open({ env, directory, state, defaults: config.topicDefaults() });
  return {
    env,
    nodeId: directory.meta.nodeId,
    clusterId: directory.meta.clusterId,
    rack: options.rack ?? null,
    config,
    state,
    topics,
    authorizer: new Authorizer(state, authorizerOptions(options, config)),
    quotas: new Quotas(state, env.clock),
    users: new ScramUsers(state, options.sasl?.users ?? {}, env.random),
    producerIds: new ProducerIds(state),
    fetchCache: new FetchCache(env, config.number('max.incremental.fetch.session.cache.slots')),
    metrics: new Metrics(),
    stopping,
  };
}

function saslMechanisms(options: KafkaServerOptions, config: BrokerConfig): readonly string[] {
  const given = options.sasl?.mechanisms ?? config.list('sasl.enabled.mechanisms');
  const wanted = options.sasl !== undefined && given.length === 0 ? knownMechanisms : given;
  const strange = wanted.find((name) => !knownMechanisms.includes(name));
  if (strange === undefined) return wanted;
  const known = knownMechanisms.join(', ');
  throw new InvalidArgumentError('OPTION_INVALID', `sasl: ${strange} is none of ${known}`);
}

function authorizerOptions(
  { authorization }: KafkaServerOptions,
  config: BrokerConfig,
): AuthorizerOptions | undefined {
  const superUsers = [...(authorization?.superUsers ?? []), ...config.list('super.users')];
  if (authorization === undefined && superUsers.length === 0) return undefined;
  const allowIfNoRule =
    authorization?.allowIfNoRule ?? config.boolean('allow.everyone.if.no.acl.found');
  return { superUsers, allowIfNoRule };
}

async function makeTopics(
  broker: Broker,
  wanted: Readonly<Record<string, TopicInput>>,
): Promise<void> {
  for (const [name, input] of Object.entries(wanted)) {
    if (broker.topics.get(name) !== undefined) continue;
    const config = Object.fromEntries(
      Object.entries(input.config ?? {}).map(([key, value]) => [key, String(value)]),
    );
    checkTopicConfig(config);
    const partitions = input.partitions ?? broker.config.number('num.partitions');
    await broker.topics.create(name, { partitions, config });
  }
}
