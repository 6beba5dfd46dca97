/**
 * An internal topic that a coordinator keeps its state in: made when first needed, its partitions
 * given to the machine one after another.
 */
import type { Broker } from '../broker.ts';
import type { Partition } from '../topics/partition.ts';

export interface InternalTopicParts {
  readonly broker: Broker;
  readonly name: string;
  readonly partitions: number;
  readonly segmentBytes: number;
  /** Tells the machine that the partition begins to load; before anything waits. */
  readonly begin: (partition: Partition) => void;
  readonly load: (partition: Partition) => Promise<void>;
}

export class InternalTopic {
  readonly #parts: InternalTopicParts;
  #ready: Promise<void> | undefined = undefined;

  constructor(parts: InternalTopicParts) {
    this.#parts = parts;
  }

  partition(index: number): Partition | undefined {
    return this.#parts.broker.topics.partition(this.#parts.name, index);
  }

  /** Takes up a topic that an earlier run left behind. */
  open(): void {
    if (this.#parts.broker.topics.get(this.#parts.name) !== undefined) void this.ensure();
  }

  /** Resolves when the topic is there and loaded. */
  ensure(): Promise<void> {
    this.#ready ??= this.#make();
    return this.#ready;
  }

  async #make(): Promise<void> {
    const { broker, name, partitions, segmentBytes } = this.#parts;
    const topic =
      broker.topics.get(name) ??
      (await broker.topics.create(name, {
        partitions,
        config: {
          'cleanup.policy': 'compact',
          'compression.type': 'producer',
          'segment.bytes': String(segmentBytes),
        },
      }));
    for (const partition of topic.partitions) this.#parts.begin(partition);
    for (const partition of topic.partitions) await this.reload(partition);
  }

  /** Reads the partition's log; a log that cannot be read leaves it loading, and says so. */
  async reload(partition: Partition): Promise<void> {
    const { broker, load } = this.#parts;
    try {
      await load(partition);
    } catch (error) {
      const fields = { topic: partition.topic, partition: partition.index, error: String(error) };
      broker.env.logger.log('error', "a coordinator's log could not be loaded", fields);
    }
  }
}
