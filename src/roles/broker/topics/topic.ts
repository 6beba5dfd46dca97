/** A topic of this broker: its name and identifier, its settings, its partitions. */
import type { Partition } from './partition.ts';

export interface Topic {
  readonly name: string;
  /** As Kafka prints identifiers: 22 characters. */
  readonly id: string;
  /** By index; all of them are led here. */
  readonly partitions: Partition[];
  /** Settings of its own, by Kafka's names. */
  config: Readonly<Record<string, string>>;
  readonly isInternal: boolean;
}

export const offsetsTopic = '__consumer_offsets';
export const transactionsTopic = '__transaction_state';
/** Where a broker of Apache Kafka keeps the metadata of its cluster: never shown as a topic. */
export const clusterMetadataTopic = '__cluster_metadata';

export function isInternalTopic(name: string): boolean {
  return name === offsetsTopic || name === transactionsTopic;
}

/** Letters, digits, dot, underscore, dash; 1 to 249; not a name of a folder. */
export function isTopicName(name: string): boolean {
  return /^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..';
}

/** Names that differ only here give the same name of a metric. */
export function collisionName(name: string): string {
  return name.replaceAll('.', '_');
}
