/** One sentence per setting, for DescribeConfigs with documentation. */

const ofTopics: Readonly<Record<string, string>> = {
  'cleanup.policy': 'What becomes of old segments: delete, compact, or both.',
  'compression.gzip.level': 'Level at which the broker compresses with gzip.',
  'compression.lz4.level': 'Level at which the broker compresses with lz4.',
  'compression.type': 'Codec of what is stored; producer keeps what the producer chose.',
  'compression.zstd.level': 'Level at which the broker compresses with zstd.',
  'delete.retention.ms': 'How long tombstones stay in a compacted log.',
  'file.delete.delay.ms': 'How long files of deleted segments stay on the disk.',
  'flush.messages': 'Records after which the log is synced to the disk.',
  'flush.ms': 'Time after which the log is synced to the disk.',
  'follower.replication.throttled.replicas': 'Replicas whose following is throttled.',
  'index.interval.bytes': 'Bytes of log between two entries of the offset index.',
  'leader.replication.throttled.replicas': 'Replicas whose leading is throttled.',
  'max.compaction.lag.ms': 'A record is compacted at the latest after this time.',
  'max.message.bytes': 'Largest batch of records, compressed.',
  'message.downconversion.enable': 'Kept for old tools; formats are never converted down.',
  'message.format.version': 'Kept for old tools; batches of version 2 are written.',
  'message.timestamp.after.max.ms': "How far a record's time may lie ahead of the broker's.",
  'message.timestamp.before.max.ms': "How far a record's time may lie behind the broker's.",
  'message.timestamp.difference.max.ms': 'Older name for both limits of time.',
  'message.timestamp.type':
    'Whether records keep the time they came with or get that of the append.',
  'min.cleanable.dirty.ratio': 'Part of a log that has to be uncompacted before it is compacted.',
  'min.compaction.lag.ms': 'A record stays uncompacted at least for this time.',
  'min.insync.replicas': 'Replicas that must have a write with acks=all.',
  preallocate: 'Whether files of segments are made in their full size.',
  'remote.storage.enable': 'Whether segments go to remote storage; there is none.',
  'retention.bytes': 'Size of a partition above which old segments are deleted; -1 for no limit.',
  'retention.ms': 'Age above which segments are deleted; -1 for no limit.',
  'segment.bytes': 'Size at which a new segment begins.',
  'segment.index.bytes': 'Most bytes of an index of a segment.',
  'segment.jitter.ms': 'Most time by which the begin of a new segment is moved at random.',
  'segment.ms': 'Age at which a new segment begins.',
  'unclean.leader.election.enable': 'Whether a replica that is not in sync may lead.',
};

const ofBrokers: Readonly<Record<string, string>> = {
  'allow.everyone.if.no.acl.found': 'Whether resources without rules are open to everybody.',
  'auto.create.topics.enable': 'Whether topics are made when a client asks for them.',
  'background.threads': 'Kept for old tools; background work takes turns.',
  'connection.failed.authentication.delay.ms': 'Time before a failed login is answered.',
  'connections.max.idle.ms': 'A connection at rest is closed after this time.',
  'connections.max.reauth.ms': 'Time after which a login has to be renewed; 0 for never.',
  'default.replication.factor': 'Replicas of topics that do not say; one broker has one.',
  'delete.topic.enable': 'Whether topics may be deleted.',
  'fetch.max.bytes': 'Most bytes of an answer to Fetch.',
  'group.consumer.heartbeat.interval.ms': 'Time between heartbeats of the consumer protocol.',
  'group.consumer.max.size': 'Most members of a group of the consumer protocol.',
  'group.consumer.session.timeout.ms': 'A silent member of the consumer protocol goes after this.',
  'group.initial.rebalance.delay.ms': 'Time an empty group waits for more members.',
  'group.max.session.timeout.ms': 'Longest silence that a member may ask for.',
  'group.max.size': 'Most members of a classic group.',
  'group.min.session.timeout.ms': 'Shortest silence that a member may ask for.',
  'max.connections': 'Most connections; more are closed at once.',
  'max.connections.per.ip': 'Most connections from one address.',
  'max.incremental.fetch.session.cache.slots': 'Most clients whose fetches are incremental.',
  'num.partitions': 'Partitions of topics that do not say.',
  'offset.metadata.max.bytes': 'Most bytes of the text beside a committed offset.',
  'offsets.commit.timeout.ms': 'Kept for old tools; a commit is answered when it is written.',
  'offsets.retention.check.interval.ms': 'Time between looks for expired offsets.',
  'offsets.retention.minutes': 'Offsets of empty groups are kept this long.',
  'offsets.topic.num.partitions': 'Partitions of __consumer_offsets; not to be changed later.',
  'offsets.topic.replication.factor': 'Replicas of __consumer_offsets; one broker has one.',
  'offsets.topic.segment.bytes': 'Size of segments of __consumer_offsets.',
  'producer.id.expiration.ms': 'A silent producer is forgotten after this time.',
  'queued.max.request.bytes': 'Memory of large requests over all connections.',
  'sasl.enabled.mechanisms': 'Ways to log in.',
  'sasl.server.max.receive.size': 'Most bytes of a request before the login.',
  'socket.request.max.bytes': 'Most bytes of a request.',
  'super.users': 'Principals that may do everything.',
  'transaction.abort.timed.out.transaction.cleanup.interval.ms':
    'Kept for old tools; a transaction ends when its time is up.',
  'transaction.max.timeout.ms': 'Longest time that a transaction may ask for.',
  'transaction.partition.verification.enable':
    'Whether a partition asks the coordinator before a transaction opens in it.',
  'transaction.remove.expired.transaction.cleanup.interval.ms':
    'Time between looks for expired transactional ids.',
  'transaction.state.log.min.isr': 'Kept for old tools; one broker has one replica.',
  'transaction.state.log.num.partitions':
    'Partitions of __transaction_state; not to be changed later.',
  'transaction.state.log.replication.factor':
    'Replicas of __transaction_state; one broker has one.',
  'transaction.state.log.segment.bytes': 'Size of segments of __transaction_state.',
  'transactional.id.expiration.ms': 'A transactional id that nobody uses goes after this time.',
  'varve.connection.max.queued.bytes':
    'Answers that may wait for a client before it is not read from any more.',
  'varve.slow.client.ms':
    'Who leaves a request unfinished or answers untaken is cut off after this.',
};

export function topicSettingText(name: string): string | null {
  return ofTopics[name] ?? null;
}

/** `topicSetting` is the one that it is the default of. */
export function brokerSettingText(name: string, topicSetting: string | undefined): string | null {
  const text = ofBrokers[name];
  if (text !== undefined) return text;
  return topicSetting === undefined ? null : `Default of topics. ${ofTopics[topicSetting] ?? ''}`;
}
