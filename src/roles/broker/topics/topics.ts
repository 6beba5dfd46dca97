/**
 * The topics of a broker: which there are, with their partitions open and served.
 *
 * The state file says what shall exist; directories follow. A creation or deletion that a crash cut
 * short is finished at the next start. Directories that the state does not know, left by a broker
 * of Apache Kafka for one, become topics with the identifier their files carry.
 *
 * Invariants: T1 a topic is listed only when all its partitions serve; T2 its identifier never
 * changes and is not used again; T3 names differ in more than '.' against '_'.
 */
import { joinPath, NotFoundError } from '../../../../native-free-io/index.ts';
import type { Env } from '../../../env/index.ts';
import {
  ensurePartitionMetadata,
  LogDirectory,
  partitionDirectoryName,
  resolveLogConfig,
} from '../../../log/index.ts';
import { logSettings } from '../config/topic-config.ts';
import type { BrokerState, StoredTopic } from './broker-state.ts';
import { Partition } from './partition.ts';
import { clusterMetadataTopic, collisionName, isInternalTopic, type Topic } from './topic.ts';

export type TopicChange =
  | { readonly kind: 'created' | 'grown' | 'configured'; readonly topic: Topic }
  | { readonly kind: 'deleted'; readonly topic: Topic };

export interface TopicsParts {
  readonly env: Env;
  readonly directory: LogDirectory;
  readonly state: BrokerState;
  /** What topics have unless they say otherwise, by the names of topic settings. */
  readonly defaults: Readonly<Record<string, string>>;
}

export class Topics {
  readonly directory: LogDirectory;
  readonly #env: Env;
  readonly #state: BrokerState;
  readonly #defaults: Readonly<Record<string, string>>;
  readonly #byName = new Map<string, Topic>();
  readonly #byId = new Map<string, Topic>();
  /** Names by what is left when dots are underscores. */
  readonly #collisions = new Map<string, string>();
  readonly #making = new Map<string, Promise<Topic>>();
  readonly #listeners = new Set<(change: TopicChange) => void>();

  private constructor(parts: TopicsParts) {
    this.#env = parts.env;
    this.directory = parts.directory;
    this.#state = parts.state;
    this.#defaults = parts.defaults;
  }

  /** Opens what the state and the directory hold. */
  static async open(parts: TopicsParts): Promise<Topics> {
    const topics = new Topics(parts);
    await topics.#finishDeletions();
    topics.#adopt();
    for (const [name, stored] of Object.entries(parts.state.content.topics)) {
      try {
        topics.#list(await topics.#open(name, stored));
      } catch (error) {
        const fields = { topic: name, error: String(error) };
        parts.env.logger.log('error', 'a topic could not be opened', fields);
      }
    }
    return topics;
  }

  /** By name. */
  get(name: string): Topic | undefined {
    return this.#byName.get(name);
  }
  byId(id: string): Topic | undefined {
    return this.#byId.get(id);
  }
  all(): Topic[] {
    return [...this.#byName.values()];
  }
  partition(topic: string, index: number): Partition | undefined {
    return this.#byName.get(topic)?.partitions[index];
  }
  /** The topic whose name differs only in dots and underscores. */
  collidesWith(name: string): string | undefined {
    return this.#collisions.get(collisionName(name));
  }

  /** Told after each change; returns the way out. */
  onChange(listener: (change: TopicChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Makes the topic and answers when it is served; one that exists is answered as it is. */
  async create(
    name: string,
    settings: { partitions: number; config?: Readonly<Record<string, string>> },
  ): Promise<Topic> {
    const present = this.#byName.get(name) ?? (await this.#making.get(name));
    if (present !== undefined) return present;
    const making = this.#create(name, settings);
    this.#making.set(name, making);
    try {
      return await making;
    } finally {
      this.#making.delete(name);
    }
  }

  async #create(
    name: string,
    settings: { partitions: number; config?: Readonly<Record<string, string>> },
  ): Promise<Topic> {
    const id = Buffer.from(this.#env.random.uuid()).toString('base64url');
    const stored = { id, partitions: settings.partitions, config: settings.config ?? {} };
    this.#store({ ...this.#state.content.topics, [name]: stored });
    const topic = await this.#open(name, stored);
    this.#list(topic);
    this.#tell({ kind: 'created', topic });
    return topic;
  }

  /** Adds partitions until there are `count`. */
  async grow(topic: Topic, count: number): Promise<void> {
    const stored = { id: topic.id, partitions: count, config: topic.config };
    this.#store({ ...this.#state.content.topics, [topic.name]: stored });
    for (let index = topic.partitions.length; index < count; index++) {
      topic.partitions.push(await this.#openPartition(topic.name, index, stored));
    }
    this.#tell({ kind: 'grown', topic });
  }

  /** Replaces the topic's own settings; they are checked already. */
  configure(topic: Topic, config: Readonly<Record<string, string>>): void {
    const stored = { id: topic.id, partitions: topic.partitions.length, config };
    this.#store({ ...this.#state.content.topics, [topic.name]: stored });
    topic.config = config;
    const settings = resolveLogConfig(logSettings(this.settingsOf(config)));
    for (const { log } of topic.partitions) log.reconfigure(settings);
    this.#tell({ kind: 'configured', topic });
  }

  /** Takes the topic out of service at once; files go by and by. */
  async delete(topic: Topic): Promise<void> {
    const { [topic.name]: _gone, ...others } = this.#state.content.topics;
    const deleting = { ...this.#state.content.deleting, [topic.name]: topic.id };
    this.#state.change({ topics: others, deleting });
    this.#byName.delete(topic.name);
    this.#byId.delete(topic.id);
    this.#collisions.delete(collisionName(topic.name));
    for (const partition of topic.partitions) partition.retire();
    for (const { topic: name, index } of topic.partitions) await this.#remove(name, index);
    this.#forgetDeletion(topic.name);
    this.#tell({ kind: 'deleted', topic });
  }

  /** The settings that hold for a topic, its own over the defaults. */
  settingsOf(config: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    return { ...this.#defaults, ...config };
  }
  get defaults(): Readonly<Record<string, string>> {
    return this.#defaults;
  }

  /** Lets everybody who waits for data look again: before a stop. */
  wakeAll(): void {
    for (const topic of this.#byName.values()) {
      for (const partition of topic.partitions) partition.wake();
    }
  }

  async #remove(topic: string, index: number): Promise<void> {
    try {
      await this.directory.deletePartition(topic, index);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
  }

  async #finishDeletions(): Promise<void> {
    for (const [name, id] of Object.entries(this.#state.content.deleting)) {
      for (const { topic, partition } of this.directory.partitions()) {
        if (topic === name && this.#idOf(topic, partition) === id) {
          await this.#remove(topic, partition);
        }
      }
      this.#forgetDeletion(name);
    }
  }

  #forgetDeletion(name: string): void {
    const { [name]: _done, ...deleting } = this.#state.content.deleting;
    this.#state.change({ deleting });
  }

  /** Takes up partitions that the state does not know. */
  #adopt(): void {
    const found = new Map<string, StoredTopic>();
    for (const { topic, partition } of this.directory.partitions()) {
      if (topic === clusterMetadataTopic) continue;
      if (Object.hasOwn(this.#state.content.topics, topic)) continue;
      const id = found.get(topic)?.id ?? this.#idOf(topic, partition);
      const partitions = Math.max(found.get(topic)?.partitions ?? 0, partition + 1);
      found.set(topic, { id, partitions, config: {} });
    }
    if (found.size > 0) {
      this.#store({ ...this.#state.content.topics, ...Object.fromEntries(found) });
    }
  }

  #idOf(topic: string, partition: number): string {
    const dir = joinPath(this.directory.dir, partitionDirectoryName({ topic, partition }));
    return Buffer.from(ensurePartitionMetadata(this.#env, dir, undefined)).toString('base64url');
  }

  #store(topics: Readonly<Record<string, StoredTopic>>): void {
    this.#state.change({ topics });
  }

  #list(topic: Topic): void {
    this.#byName.set(topic.name, topic);
    this.#byId.set(topic.id, topic);
    this.#collisions.set(collisionName(topic.name), topic.name);
  }

  #tell(change: TopicChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  async #open(name: string, stored: StoredTopic): Promise<Topic> {
    const partitions: Partition[] = [];
    for (let index = 0; index < stored.partitions; index++) {
      partitions.push(await this.#openPartition(name, index, stored));
    }
    const { id, config } = stored;
    return { name, id, partitions, config, isInternal: isInternalTopic(name) };
  }

  async #openPartition(topic: string, index: number, stored: StoredTopic): Promise<Partition> {
    const log = await this.directory.partition(topic, index, {
      topicId: new Uint8Array(Buffer.from(stored.id, 'base64url')),
    });
    log.reconfigure(resolveLogConfig(logSettings(this.settingsOf(stored.config))));
    const leaderEpoch = Math.max(0, log.core.epochs.latest?.epoch ?? 0);
    return new Partition({ topic, index, log, leaderEpoch });
  }
}
