/** Functions of jobs that go wrong, or do rarer things; a test names one by its export. */
import { process } from './process.mjs';

/** Throws on lines that say so. */
export function throwing(position, line, context) {
  if (line.startsWith('bad')) throw new Error(`cannot take '${line}'`);
  context.emit(line, 1);
}

/** Emits, then throws: what was emitted goes with the record. */
export function throwingLate(position, line, context) {
  context.emit(line, 1);
  if (line.startsWith('bad')) throw new Error('too late');
}

/** Ends its worker, the first time. */
export function dying(position, line, context) {
  if (line === 'die' && context.task.attempt < Number(context.settings.dies ?? 1)) process.exit(7);
  context.emit(line, 1);
}

/** Ends its worker while it reduces. */
export function dyingReduce(key, values, context) {
  if (context.task.attempt === 0) process.exit(7);
  let count = 0;
  for (const value of values) count += value;
  context.emit(key, count);
}

/** Never comes back, the first time. */
export function hanging(position, line, context) {
  while (line === 'hang' && context.task.attempt === 0);
  context.emit(line, 1);
}

/** Slow in its first attempt on the line that says so, until another attempt has won. */
export async function slow(position, line, context) {
  if (line === 'slow' && context.task.attempt === 0) await new Promise(() => undefined);
  context.emit(line, 1);
}

/** The first four tasks tell what they are at, and wait until all of them are at it together. */
export async function meeting(position, line, context) {
  if (context.task.index >= 4) return context.emit(line, 1);
  const here = new Set([context.task.index]);
  context.status(`waits with ${line}`);
  const channel = new BroadcastChannel(context.settings.place);
  const tell = channel.postMessage.bind(channel, context.task.index);
  await new Promise((resolve) => {
    channel.addEventListener('message', ({ data }) => {
      if (!here.has(data)) tell();
      if (here.add(data).size === 4) resolve();
    });
    tell();
  });
  channel.close();
  return context.emit(line, 1);
}

/** As many records as the line says, the first time with a failure. */
export function flat(position, line, context) {
  if (line === '1' && context.task.attempt === 0) throw new Error('not at first');
  for (let count = 0; count < Number(line); count++) context.emit(line, count);
}

/** Columns of cells, with their times. */
export function columns(row, { family, qualifier, timestamp }, context) {
  context.emit(`${family}:${new TextDecoder().decode(qualifier)} ${timestamp}`, 1);
}

/** For each line a thousand values of a thousand characters, all of one key. */
export function manyOfOne(position, line, context) {
  for (let index = 0; index < 1000; index++)
    context.emit('one', `${index}${line}`.padEnd(1000, 'x'));
}

/** How many values a group has, and how long they are together. */
export function measured(key, values, context) {
  let [count, length] = [0, 0];
  for (const value of values) {
    count++;
    length += value.length;
  }
  context.emit(key, `${count} values, ${length} characters`);
}

/** Counts for itself, and waits. */
export async function counting(position, line, context) {
  await Promise.resolve();
  context.count('mine', 'lines');
  context.emit(line, context.task.index);
}

/** Keys of two parts: `name#number`. */
export function pair(position, line, context) {
  const [name, number] = line.split(' ');
  context.emit(`${name}#${number.padStart(3, '0')}`, Number(number));
}

export const byName = (key, value, partitions) => key.charCodeAt(0) % partitions;
export const sameName = (a, b) => {
  const [left] = a.split('#');
  const [right] = b.split('#');
  return left < right ? -1 : Number(left > right);
};
export const longestFirst = (a, b) => b.length - a.length || (a < b ? -1 : Number(a > b));

/** The first value of a group, and the key that it had; the rest is left unread. */
export function firstOnly(key, values, context) {
  for (const value of values) {
    context.emit(key, value);
    break;
  }
}

export function outside() {
  return 99;
}

/** Emits objects that are changed afterwards. */
export function reusing(position, line, context) {
  const bytes = new TextEncoder().encode(line);
  context.emit(bytes, bytes);
  bytes.fill(0);
}
