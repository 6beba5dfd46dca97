/**
 * Topics a group consumes. The broker reads what members of a classic group say to each other only
 * to keep the offsets of topics that are in use.
 *
 *    subscription: version i16 | topics array(i32) of string(i16) | ...
 */
import { ByteReader } from '../../../../native-free-io/index.ts';
import type { ClassicGroup } from './classic-state.ts';
import type { ConsumerGroup } from './consumer-state.ts';

const utf8 = new TextDecoder();

/** Undefined when it cannot be told: then every topic may be in use. */
export function subscribedTopics(
  members: ClassicGroup | ConsumerGroup,
): ReadonlySet<string> | undefined {
  if (members.type === 'consumer') return new Set(members.topicNames());
  if (members.members.size === 0) return new Set();
  if (members.protocolType !== 'consumer' || members.protocolName === null) return undefined;
  const topics = new Set<string>();
  for (const member of members.members.values()) {
    const names = readTopics(member.metadataFor(members.protocolName));
    if (names === undefined) return undefined;
    for (const name of names) topics.add(name);
  }
  return topics;
}

function readTopics(metadata: Uint8Array): string[] | undefined {
  try {
    const reader = new ByteReader(metadata);
    reader.skip(2);
    const count = reader.readInt32();
    const names: string[] = [];
    for (let index = 0; index < count; index++) {
      names.push(utf8.decode(reader.readView(reader.readInt16())));
    }
    return names;
  } catch {
    return undefined;
  }
}
