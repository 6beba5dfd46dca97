/** What is produced into the topics of the fixtures: topic settings and producer scripts. */
import type { KafkaVersion } from './jars.ts';
import type { ClientSettings, ProduceStep, TopicSpec } from './probe.ts';
import { base64, textRecord, type BatchSpec, type RecordSpec } from './records.ts';

export interface FixtureTopic extends TopicSpec {
  readonly about: string;
  readonly runs: readonly {
    readonly steps: readonly ProduceStep[];
    readonly client?: ClientSettings;
    readonly producers?: Readonly<Record<string, ClientSettings>>;
  }[];
  readonly deleteRecordsBefore?: number;
}

export const fixtureEpochMs = 1_700_000_000_000;

const flush: ProduceStep = { flush: true };

/** Records with all that a record can have; `t` counts milliseconds from the fixtures' epoch. */
function assortment(t: number, label: string): RecordSpec[] {
  const at = fixtureEpochMs + t;
  return [
    textRecord('k1', `first of ${label}`, at),
    textRecord(null, `no key in ${label}`, at + 7),
    textRecord('k2', null, at + 5),
    textRecord('', '', at + 5),
    textRecord('k3', `headers of ${label}`, at + 8, [
      ['h', '1'],
      ['h', '2'],
      ['null', null],
      ['empty', ''],
      ['ключ', 'значение'],
    ]),
    { key: base64('bytes'), value: Buffer.from([0, 1, 0x80, 0xff]).toString('base64') },
  ].map((record) => ({ timestamp: at, ...record }));
}

function batch(records: readonly RecordSpec[], as?: string): ProduceStep[] {
  const who = as === undefined ? {} : { as };
  return [...records.map((send) => ({ ...who, send })), { ...who, ...flush }];
}

/** Text of many blocks for every codec that still compresses to little. */
function longText(label: string): string {
  let text = '';
  for (let line = 0; text.length < 150_000; line++) text += `${label}, line ${line % 100}; `;
  return text;
}

function codecRuns(): FixtureTopic['runs'] {
  return ['none', 'gzip', 'snappy', 'lz4', 'zstd'].map((codec, index) => ({
    client: { 'compression.type': codec },
    steps: [
      ...batch(assortment(index * 1000, codec)),
      ...batch([textRecord(codec, 'a batch of one', fixtureEpochMs + index * 1000 + 500)]),
      ...(codec === 'none'
        ? []
        : batch([textRecord('long', longText(codec), fixtureEpochMs + index * 1000 + 600)])),
    ],
  }));
}

/** Batches whose timestamps make a segment.ms of one second roll after every fifth. */
export function steadyBatches(count: number): ProduceStep[] {
  return Array.from({ length: count }, (_, n) => {
    const t = Math.floor(n / 5) * 10_000 + (n % 5) * 100;
    return batch([
      textRecord(`key-${n}`, `value-${n} `.repeat(8), fixtureEpochMs + t),
      textRecord(`key-${n}b`, `value-${n}b`, fixtureEpochMs + t + ((n * 37) % 90)),
    ]);
  }).flat();
}

/** Overlapping transactions with commits, aborts and plain records; the clock is the broker's. */
export function transactionSteps(rolls: number): ProduceStep[] {
  const steps: ProduceStep[] = [];
  const send = (as: string, value: string): ProduceStep => ({ as, send: textRecord(as, value) });
  for (let round = 0; round < rolls; round++) {
    steps.push(
      { as: 'a', begin: true },
      send('a', `a${round}.1`),
      send('a', `a${round}.2`),
      { as: 'a', flush: true },
      { as: 'b', begin: true },
      send('b', `b${round}.1, to be aborted`),
      { as: 'b', flush: true },
      send('plain', `plain ${round}`),
      { as: 'plain', flush: true },
      send('a', `a${round}.3`),
      { as: 'a', commit: true },
      send('b', `b${round}.2, to be aborted`),
      { waitMs: 300 },
      { as: 'b', abort: true },
      { as: 'a', begin: true },
      send('a', `a${round}.4, to be aborted`),
      { as: 'a', abort: true },
    );
  }
  return steps;
}

const transactionalProducers: Readonly<Record<string, ClientSettings>> = {
  a: { 'transactional.id': 'fixture-a' },
  b: { 'transactional.id': 'fixture-b', 'compression.type': 'lz4' },
  plain: { 'compression.type': 'gzip' },
};

export function producersFor(topic: string): Readonly<Record<string, ClientSettings>> {
  return Object.fromEntries(
    Object.entries(transactionalProducers).map(([name, settings]) => [
      name,
      'transactional.id' in settings
        ? { ...settings, 'transactional.id': `${topic}-${name}` }
        : settings,
    ]),
  );
}

function compactedSteps(): ProduceStep[] {
  const steps: ProduceStep[] = [];
  const key = (n: number): string => `key-${n}`;
  for (let round = 0; round < 4; round++) {
    for (let n = 0; n < 6; n++) {
      steps.push({ as: 'plain', send: textRecord(key(n), `round ${round} of ${n}`) });
    }
    steps.push({ as: 'plain', send: textRecord(key(round), null) }, { as: 'plain', flush: true });
    steps.push(
      { as: 'a', begin: true },
      { as: 'a', send: textRecord(key(10 + round), `committed in round ${round}`) },
      { as: 'a', commit: true },
      { as: 'b', begin: true },
      { as: 'b', send: textRecord(key(10), `aborted in round ${round}`) },
      { as: 'b', abort: true },
      { waitMs: 300 },
    );
  }
  // The active segment is never cleaned: end with one more so that all of the above is.
  steps.push({ as: 'plain', send: textRecord('last', 'stays') }, { as: 'plain', flush: true });
  return steps;
}

export function fixtureTopics(version: KafkaVersion): readonly FixtureTopic[] {
  return [
    { name: 'empty', about: 'A topic nobody wrote to.', runs: [] },
    {
      name: 'codecs',
      about:
        'Every codec: an assortment of records (nulls, empties, headers, negative time steps), a ' +
        'batch of one, and 150 kB of text that spans several blocks.',
      runs: codecRuns(),
    },
    {
      name: 'rolled',
      about: 'Segments rolled by segment.ms, index entries every 200 bytes, idempotent producer.',
      config: { 'segment.ms': 1000, 'index.interval.bytes': 200 },
      runs: [
        { steps: steadyBatches(23) },
        { steps: steadyBatches(4), client: { 'compression.type': 'zstd' } },
      ],
    },
    // Segments below 1 MiB cannot be asked for since 4.0.
    ...(version === '3.9.1'
      ? [
          {
            name: 'rolled-by-size',
            about: 'Segments rolled by segment.bytes of 1024.',
            config: { 'segment.bytes': 1024, 'index.interval.bytes': 100 },
            runs: [{ steps: steadyBatches(20) }],
          },
        ]
      : []),
    {
      name: 'log-append-time',
      about: 'LogAppendTime: batches stamped in place by the broker, plain and compressed.',
      config: { 'message.timestamp.type': 'LogAppendTime' },
      runs: [
        { steps: batch(assortment(0, 'plain')), client: { 'compression.type': 'none' } },
        { steps: batch(assortment(0, 'lz4')), client: { 'compression.type': 'lz4' } },
      ],
    },
    {
      name: 'recompressed',
      about:
        'compression.type=gzip on the topic, lz4 from the producer: batches rebuilt by the broker.',
      config: { 'compression.type': 'gzip' },
      runs: [{ steps: batch(assortment(0, 'lz4')), client: { 'compression.type': 'lz4' } }],
    },
    {
      name: 'transactions',
      about: 'Overlapping transactions, commits and aborts over several segments.',
      config: { 'segment.ms': 250, 'index.interval.bytes': 100 },
      runs: [{ steps: transactionSteps(4), producers: producersFor('transactions') }],
    },
    {
      name: 'transaction-open',
      about: 'As transactions, with one transaction still open at the end: LSO before LEO.',
      runs: [
        {
          steps: [
            ...transactionSteps(1),
            { as: 'b', begin: true },
            { as: 'b', send: textRecord('b', 'never ended') },
            { as: 'b', flush: true },
            { as: 'plain', send: textRecord('plain', 'behind it') },
            { as: 'plain', flush: true },
          ],
          producers: producersFor('transaction-open'),
        },
      ],
    },
    {
      name: 'compacted',
      about:
        'Compacted by the cleaner: tombstones kept with a delete horizon, aborted and committed transactions.',
      config: {
        'cleanup.policy': 'compact',
        'segment.ms': 250,
        'min.cleanable.dirty.ratio': 0.01,
        'index.interval.bytes': 100,
      },
      runs: [{ steps: compactedSteps(), producers: producersFor('compacted') }],
    },
    {
      name: 'records-deleted',
      about: 'Records before offset 13 deleted by request: the log starts inside a segment.',
      config: { 'segment.ms': 1000, 'index.interval.bytes': 200, 'file.delete.delay.ms': 0 },
      runs: [{ steps: steadyBatches(12) }],
      deleteRecordsBefore: 13,
    },
  ];
}

/** Written shortly before a kill -9. */
export function killedTopics(): readonly FixtureTopic[] {
  return [
    {
      name: 'killed',
      about:
        'kill -9 with default settings: the indexes of the active segment are 10 MiB of mostly zeros.',
      config: { 'segment.ms': 1000, 'index.interval.bytes': 200 },
      runs: [{ steps: steadyBatches(13) }],
    },
    {
      name: 'killed-small-index',
      about: 'kill -9 with segment.index.bytes=480; overlapping transactions, one open.',
      config: { 'segment.index.bytes': 480, 'index.interval.bytes': 100, 'segment.ms': 250 },
      runs: [
        {
          steps: [
            ...transactionSteps(2),
            { as: 'b', begin: true },
            { as: 'b', send: textRecord('b', 'open when the process died') },
            { as: 'b', flush: true },
          ],
          producers: producersFor('killed-small-index'),
        },
      ],
    },
    {
      name: 'killed-preallocated',
      about: 'kill -9 with preallocate=true: the active .log ends in zeros up to segment.bytes.',
      config: { preallocate: true, 'segment.bytes': 1_048_576, 'segment.index.bytes': 480 },
      runs: [{ steps: steadyBatches(6) }],
    },
  ];
}

/** Magic 0 and 1: single entries, and wrappers of every codec they allow. */
export function legacyBatches(magic: 0 | 1): readonly BatchSpec[] {
  const specs: BatchSpec[] = [];
  let offset = 0;
  for (const codec of ['none', 'gzip', 'snappy', 'lz4'] as const) {
    // Uncompressed entries stand alone; the builder writes several records as several entries.
    const records = [
      textRecord('k1', `first of ${codec}`, fixtureEpochMs + offset),
      textRecord(null, 'no key', fixtureEpochMs + offset + 7),
      textRecord('k2', null, fixtureEpochMs + offset + 5),
      textRecord('', '', fixtureEpochMs + offset + 5),
    ];
    specs.push({ magic, codec, baseOffset: offset, records });
    offset += records.length;
    specs.push({
      magic,
      codec,
      baseOffset: offset,
      records: [textRecord('long', 'text that repeats '.repeat(200), fixtureEpochMs + offset)],
    });
    offset += 1;
  }
  if (magic === 1) {
    specs.push({
      magic,
      codec: 'gzip',
      timestampType: 'LogAppendTime',
      logAppendTime: fixtureEpochMs + 5000,
      baseOffset: offset,
      records: [
        textRecord('k1', 'stamped by the broker', fixtureEpochMs + 1),
        textRecord('k2', 'stamped too', fixtureEpochMs + 2),
      ],
    });
  }
  return specs;
}
