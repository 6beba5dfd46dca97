/**
 * Counters of a task or a job, by group and name, with Hadoop's names and titles for its own.
 *
 * Names are those of the enums (`MAP_INPUT_RECORDS`); titles are what Hadoop prints ("Map input
 * records"). A user's counters have the same name and title.
 *
 * Upstream: apache/hadoop: mapreduce/TaskCounter.properties, JobCounter.properties (Apache-2.0).
 */
import { LimitError } from '../../../native-free-io/index.ts';

/** Group of the framework's own counters of tasks. */
export const taskGroup = 'org.apache.hadoop.mapreduce.TaskCounter';
export const jobGroup = 'org.apache.hadoop.mapreduce.JobCounter';
export const inputGroup = 'org.apache.hadoop.mapreduce.lib.input.FileInputFormatCounter';
export const outputGroup = 'org.apache.hadoop.mapreduce.lib.output.FileOutputFormatCounter';

/** mapreduce.job.counters.max and its kin. */
const mostCounters = 120;
const mostGroups = 50;
const longestGroup = 128;
const longestName = 64;

const groupTitles: Readonly<Record<string, string>> = {
  [taskGroup]: 'Map-Reduce Framework',
  [jobGroup]: 'Job Counters ',
  [inputGroup]: 'File Input Format Counters ',
  [outputGroup]: 'File Output Format Counters ',
};

export const taskCounterTitles = {
  MAP_INPUT_RECORDS: 'Map input records',
  MAP_OUTPUT_RECORDS: 'Map output records',
  MAP_SKIPPED_RECORDS: 'Map skipped records',
  MAP_OUTPUT_BYTES: 'Map output bytes',
  MAP_OUTPUT_MATERIALIZED_BYTES: 'Map output materialized bytes',
  COMBINE_INPUT_RECORDS: 'Combine input records',
  COMBINE_OUTPUT_RECORDS: 'Combine output records',
  REDUCE_INPUT_GROUPS: 'Reduce input groups',
  REDUCE_SHUFFLE_BYTES: 'Reduce shuffle bytes',
  REDUCE_INPUT_RECORDS: 'Reduce input records',
  REDUCE_OUTPUT_RECORDS: 'Reduce output records',
  REDUCE_SKIPPED_GROUPS: 'Reduce skipped groups',
  SPILLED_RECORDS: 'Spilled Records',
  SHUFFLED_MAPS: 'Shuffled Maps ',
  FAILED_SHUFFLE: 'Failed Shuffles',
  MERGED_MAP_OUTPUTS: 'Merged Map outputs',
} as const;

export type TaskCounter = keyof typeof taskCounterTitles;

const jobCounterTitles = {
  TOTAL_LAUNCHED_MAPS: 'Launched map tasks',
  TOTAL_LAUNCHED_REDUCES: 'Launched reduce tasks',
  NUM_FAILED_MAPS: 'Failed map tasks',
  NUM_FAILED_REDUCES: 'Failed reduce tasks',
  NUM_KILLED_MAPS: 'Killed map tasks',
  NUM_KILLED_REDUCES: 'Killed reduce tasks',
  MILLIS_MAPS: 'Total time spent by all map tasks (ms)',
  MILLIS_REDUCES: 'Total time spent by all reduce tasks (ms)',
} as const;

export type JobCounter = keyof typeof jobCounterTitles;

const titles: Readonly<Record<string, string>> = {
  ...taskCounterTitles,
  ...jobCounterTitles,
  BYTES_READ: 'Bytes Read',
  BYTES_WRITTEN: 'Bytes Written',
};

/** Values by name, by group: what crosses threads and stands in files. */
export type CounterValues = Readonly<Record<string, Readonly<Record<string, number>>>>;

export class Counters {
  readonly #groups = new Map<string, Map<string, number>>();
  #count = 0;

  static of(values: CounterValues): Counters {
    const counters = new Counters();
    counters.addAll(values);
    return counters;
  }

  /** Adds to a counter, made at 0 when there is none. LimitError past Hadoop's bounds. */
  add(group: string, name: string, by = 1): void {
    let values = this.#groups.get(group);
    if (values === undefined) {
      requireRoom(group.length <= longestGroup && this.#groups.size < mostGroups, group);
      values = new Map();
      this.#groups.set(group, values);
    }
    const before = values.get(name);
    if (before === undefined) {
      requireRoom(name.length <= longestName && this.#count < mostCounters, `${group} ${name}`);
      this.#count++;
    }
    values.set(name, (before ?? 0) + by);
  }

  addTask(name: TaskCounter, by = 1): void {
    this.add(taskGroup, name, by);
  }

  addAll(values: CounterValues): void {
    for (const [group, ofGroup] of Object.entries(values)) {
      for (const [name, value] of Object.entries(ofGroup)) this.add(group, name, value);
    }
  }

  /** 0 for a counter nobody added to. */
  get(group: string, name: string): number {
    return this.#groups.get(group)?.get(name) ?? 0;
  }

  task(name: TaskCounter): number {
    return this.get(taskGroup, name);
  }

  job(name: JobCounter): number {
    return this.get(jobGroup, name);
  }

  toJSON(): CounterValues {
    const entries = Array.from(this.#groups, ([group, values]) => [
      group,
      Object.fromEntries(values),
    ]);
    return Object.fromEntries(entries) as CounterValues;
  }

  /** As Hadoop prints them at the end of a job: a title per group, a line per counter. */
  toText(): string {
    const lines: string[] = [];
    for (const [group, values] of this.#groups) {
      lines.push(`\t${groupTitles[group] ?? group}`);
      for (const [name, value] of values) lines.push(`\t\t${titles[name] ?? name}=${value}`);
    }
    return lines.map((line) => `${line}\n`).join('');
  }
}

function requireRoom(isFine: boolean, what: string): void {
  if (isFine) return;
  throw new LimitError('MAPREDUCE_TOO_MANY_COUNTERS', `no room for the counter ${what}`);
}
