/**
 * Hadoop Streaming, by Apache's own class under the local runner, and `varve mr streaming`: the
 * same command lines give the same files, byte for byte. A job module of ours runs as mapper,
 * combiner and reducer of Apache's.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ByteSink } from '../../../native-free-io/index.ts';
import { writables } from '../../../src/hadoop/index.ts';
import {
  keyFieldComparator,
  keyFieldPartitioner,
} from '../../../src/mapreduce/functions/key-field-order.ts';
import { taskGroup } from '../../../src/mapreduce/index.ts';
import { wordsModule } from '../../helpers/jobs.ts';
import { Seeded, seedFor } from '../../helpers/seeded.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { HadoopJvm } from './jvm.ts';
import {
  underHadoop,
  underVarve,
  varveCommand,
  type Outcome,
  type StreamingJob,
} from './streaming.ts';

let jvm: HadoopJvm;

beforeAll(async () => {
  jvm = await HadoopJvm.start();
});

afterAll(() => jvm.close());

const scripts: Readonly<Record<string, string>> = {
  // Numbers of a key, added up.
  'sum.sh': `#!/bin/sh
exec awk -F '\\t' '$1 != key { if (NR > 1) print key "\\t" sum; key = $1; sum = 0 }
  { sum += $2 } END { if (NR > 0) print key "\\t" sum }'`,
  'words.sh': `#!/bin/sh
exec awk '{ for (i = 1; i <= NF; i++) print $i "\\t1" }'`,
  'counting.sh': `#!/bin/sh
awk '{ print } END { print "reporter:counter:lines,all," NR > "/dev/stderr" }'
echo 'reporter:counter: lines,twice,+2 ' >&2
echo 'reporter:counter:lines,odd,1,2' >&2
echo 'reporter:status:done' >&2`,
  'facts.sh': `#!/bin/sh
cat > /dev/null
echo "$my_setting_x|$EXTRA|$mapreduce_task_ismap|$mapreduce_task_partition|$mapreduce_job_reduces"
echo "$(basename "$mapreduce_map_input_file") $mapreduce_map_input_start $mapreduce_map_input_length"
echo "\${mapreduce_task_attempt_id##*_m_}"
echo aside > "\${mapreduce_task_output_dir#file:}/aside-$mapreduce_task_partition"`,
  // Lines that end with CR and CRLF, an empty one, one without an end.
  'ends.sh': `#!/bin/sh
cat > /dev/null
printf 'b\\t1\\ra\\t2\\r\\n\\nc\\t3\\r\\r\\nd'`,
  // A pair of every kind of typed bytes, and one of a list that only Java code would make.
  'typed.sh': `#!/bin/sh
cat > /dev/null
printf '\\007\\000\\000\\000\\002hi\\003\\000\\000\\000\\005'
printf '\\010\\000\\000\\000\\002\\001\\377\\006\\077\\370\\000\\000\\000\\000\\000\\000'
printf '\\012\\000\\000\\000\\002\\007\\000\\000\\000\\001z\\002\\001\\007\\000\\000\\000\\001k\\002\\000'
printf '\\000\\000\\000\\000\\002\\001\\377\\011\\004\\377\\377\\377\\377\\000\\000\\000\\007\\005\\077\\300\\000\\000\\377'`,
  'failing.sh': `#!/bin/sh
cat
exit 3`,
};

interface World {
  readonly folder: string;
  readonly input: string;
}

/** Two files of unlike size, and the scripts. */
function makeWorld(): World {
  const random = new Seeded(23);
  const folder = temporaryFolder();
  const input = join(folder, 'in');
  mkdirSync(input);
  for (const [name, count] of [
    ['a.txt', 700],
    ['b.txt', 1500],
  ] as const) {
    const lines = Array.from({ length: count }, (_, index) => {
      const words = Array.from({ length: random.between(0, 6) }, () =>
        random.pick(['é', 'x.y', `w${random.between(0, 90)}`, `-${random.between(0, 9)}.5`]),
      );
      return `k${random.between(0, 40)}.${random.between(-50, 50)}.${name[0]}${index}\t${words.join(' ')}`;
    });
    writeFileSync(join(input, name), `${lines.join('\n')}\nno tab\n`);
  }
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  return { folder, input };
}

/** `./` of a command is the folder of the scripts. */
function within({ folder }: World, job: StreamingJob): StreamingJob {
  const options = Object.entries(job.options ?? {}).map(([name, value]) => [
    name,
    value.replace(/^\.\//, `${folder}/`),
  ]);
  return { ...job, options: Object.fromEntries(options) as Record<string, string> };
}

async function both(world: World, job: StreamingJob) {
  const { folder, input } = world;
  const own = within(world, job);
  const theirs = await underHadoop(
    jvm,
    { work: folder, input, output: join(folder, 'theirs') },
    own,
  );
  const ours = underVarve({ work: folder, input, output: join(folder, 'ours') }, own);
  return { theirs, ours };
}

const fields = {
  'stream.map.output.field.separator': '.',
  'stream.num.map.output.key.fields': '3',
  'mapreduce.map.output.key.field.separator': '.',
};

const jobs: Readonly<Record<string, StreamingJob>> = {
  'a word count with a combiner and three reducers': {
    options: {
      mapper: './words.sh',
      combiner: './sum.sh',
      reducer: './sum.sh',
      numReduceTasks: '3',
    },
  },
  'neither mapper nor reducer': { hasTies: true },
  'maps only, without a mapper': { options: { reducer: 'NONE' } },
  'maps only, in the order of sizes': { options: { mapper: 'tr a-z A-Z', reducer: 'NONE' } },
  'a mapper without a reducer': { options: { mapper: 'cat', numReduceTasks: '3' } },
  'key-value text without a mapper': {
    options: { inputformat: 'KeyValueTextInputFormat', reducer: 'cat', numReduceTasks: '2' },
  },
  'key-value text to a mapper': {
    options: { inputformat: 'KeyValueTextInputFormat', mapper: 'cat', reducer: 'NONE' },
  },
  'separators of every stream': {
    options: { mapper: 'cat', reducer: 'cat', numReduceTasks: '2' },
    hasTies: true,
    settings: {
      'stream.map.output.field.separator': '.',
      'stream.num.map.output.key.fields': '2',
      'stream.reduce.input.field.separator': '::',
      'stream.reduce.output.field.separator': '::',
      'mapreduce.output.textoutputformat.separator': '|',
    },
  },
  'parts by the first field, in the order of the second as numbers': {
    options: {
      mapper: 'cat',
      reducer: 'cat',
      numReduceTasks: '3',
      partitioner: 'org.apache.hadoop.mapred.lib.KeyFieldBasedPartitioner',
    },
    settings: {
      ...fields,
      'mapreduce.partition.keypartitioner.options': '-k1,1',
      'mapreduce.job.output.key.comparator.class':
        'org.apache.hadoop.mapreduce.lib.partition.KeyFieldBasedComparator',
      'mapreduce.partition.keycomparator.options': '-k1,1r -k2,2nr -k3',
    },
  },
  'raw bytes': {
    options: { mapper: 'cat', reducer: 'cat', io: 'rawbytes', numReduceTasks: '2' },
    hasTies: true,
  },
  'typed bytes': {
    options: { mapper: 'cat', reducer: 'cat', io: 'typedbytes', numReduceTasks: '2' },
    hasTies: true,
  },
  'keys alone': { options: { mapper: 'cat', io: 'keyonlytext', numReduceTasks: '2' } },
  'typed bytes of every type': {
    options: { mapper: './typed.sh', reducer: 'NONE', io: 'typedbytes' },
  },
  'typed bytes of a mapper as text of a reducer': {
    options: { mapper: './typed.sh', reducer: 'cat' },
    settings: { 'stream.map.output': 'typedbytes' },
  },
  'lines that end with CR and CRLF': {
    options: { mapper: './ends.sh', reducer: 'cat' },
  },
  'settings, facts of the task and files beside the output': {
    options: { mapper: './facts.sh', reducer: 'NONE', cmdenv: 'EXTRA=more' },
    settings: { 'my.setting-x': 'a value' },
  },
  'a failure that is none': {
    options: { mapper: './failing.sh', reducer: 'NONE' },
    settings: { 'stream.non.zero.exit.is.failure': 'false' },
  },
};

test.each(Object.entries(jobs))(
  '%s: Hadoop Streaming and varve give the same files',
  async (_, job) => {
    const { theirs, ours } = await both(makeWorld(), job);
    expect(theirs.isFine, theirs.said).toBe(true);
    expect(ours.isFine, ours.said).toBe(true);
    expect(Object.keys(theirs.files).length).toBeGreaterThan(1);
    const { hasTies = false } = job;
    expect(hasTies ? sortedLines(ours.files) : ours.files).toEqual(
      hasTies ? sortedLines(theirs.files) : theirs.files,
    );
  },
);

function sortedLines(files: Outcome['files']): Outcome['files'] {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [name, text.split('\n').sort().join('\n')]),
  );
}

test('counters that commands report, and those of tasks, are Hadoop Streaming’s', async () => {
  const { theirs, ours } = await both(makeWorld(), {
    options: { mapper: './counting.sh', reducer: './counting.sh', numReduceTasks: '2' },
  });
  expect(ours.counters['lines']).toEqual(theirs.counters['lines']);
  expect(ours.counters['lines']!['all']).toBe(2 * (700 + 1500 + 2));
  const names = [
    'MAP_INPUT_RECORDS',
    'MAP_OUTPUT_RECORDS',
    'MAP_OUTPUT_BYTES',
    'MAP_OUTPUT_MATERIALIZED_BYTES',
    'REDUCE_INPUT_GROUPS',
    'REDUCE_INPUT_RECORDS',
    'REDUCE_OUTPUT_RECORDS',
    'REDUCE_SHUFFLE_BYTES',
    'SPILLED_RECORDS',
    'SHUFFLED_MAPS',
  ];
  for (const name of names) {
    expect([name, ours.counters[taskGroup]![name]]).toEqual([
      name,
      theirs.counters[taskGroup]![name],
    ]);
  }
});

test('a command that fails, and records of other types than a reducer takes, fail with both', async () => {
  for (const options of [{ mapper: './failing.sh', reducer: 'NONE' }, { mapper: '/not/there' }]) {
    const { theirs, ours } = await both(makeWorld(), { options });
    expect([theirs.isFine, ours.isFine]).toEqual([false, false]);
    expect(Object.keys(ours.files)).toEqual([]);
  }
});

test('a module of ours is mapper, combiner and reducer of Hadoop Streaming', async () => {
  const world = makeWorld();
  const module = fileURLToPath(wordsModule);
  const { theirs } = await both(world, {
    options: {
      mapper: `${varveCommand} mr streaming-map ${module}`,
      combiner: `${varveCommand} mr streaming-combine ${module}`,
      reducer: `${varveCommand} mr streaming-reduce ${module}`,
      numReduceTasks: '2',
    },
  });
  expect(theirs.isFine, theirs.said).toBe(true);
  const output = join(world.folder, 'run');
  const argv = ['mr', 'run', module, '--quiet', '-i', world.input, '-o', output, '-r', '2'];
  const [program, main] = varveCommand.split(' ') as [string, string];
  execFileSync(program, [main, ...argv]);
  const parts = execFileSync('sh', ['-c', `cat ${output}/part-r-*`], { encoding: 'latin1' });
  expect(parts.length).toBeGreaterThan(100);
  expect(`${theirs.files['part-00000']}${theirs.files['part-00001']}`).toBe(parts);
});

const keyOptions = [
  '',
  '-n',
  '-r',
  '-k1,1',
  '-k 2,2n -k1r',
  '-k1.2,1.3 -k3nr',
  '-k2.2n,3.1',
  '-nr -k3,3 -k1,2',
  '-k2,2r -k3.2,3.2',
];

/** Fields that may be numbers of every shape, or none, or nothing; the last has no end in sight. */
function randomKeys(random: Seeded, count: number): string[] {
  const field = (): string =>
    random.pick([
      () => '',
      () => String(random.between(-30, 30)),
      () => `${random.between(-3, 3)}.${random.between(0, 300)}`,
      () => `00${random.between(0, 9)}${random.pick(['', '.', '.0', '.50', 'x', '-'])}`,
      () => random.pick(['-', '-0', '0', '-0.0', '.5', '-.5', '+1', 'abc', 'abd', 'é', '1é']),
    ])();
  return Array.from({ length: count }, () => `${field()}\t${field()}\t${field()}end!`);
}

test.each(keyOptions)(
  "keys by '%s' have the order and partition of KeyFieldBasedComparator and -Partitioner",
  async (options) => {
    const keys = randomKeys(new Seeded(seedFor('key fields')), 4000);
    const settings = {
      'mapreduce.partition.keycomparator.options': options,
      'mapreduce.partition.keypartitioner.options': options,
    };
    const request = { settings, keys, partitions: 7 };
    const theirs = await jvm.request<{ partitions: number[]; orders: number[] }>(
      'streaming.keyFields',
      request,
    );
    const sink = ByteSink.growing();
    const bytes = keys.map((key) => {
      sink.clear();
      writables.text.write(sink, key);
      return sink.copyWritten();
    });
    const compare = keyFieldComparator(writables.text, settings);
    const partition = keyFieldPartitioner(writables.text, settings, 7);
    const told = (order: number, index: number) => [keys[index], keys[index + 1], order];
    const orders = bytes
      .slice(1)
      .map((b, index) =>
        Math.sign(compare(bytes[index]!, 0, bytes[index]!.length, b, 0, b.length)),
      );
    expect(orders.map(told)).toEqual(theirs.orders.map(told));
    expect(bytes.map((key) => partition(key, 0, key.length))).toEqual(theirs.partitions);
  },
);
