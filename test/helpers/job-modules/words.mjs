/** Functions of a word count, as a user would write them: run by jobs of the tests. */
export function map(_position, line, context) {
  for (const word of line.split(/[ \t\r\f]+/)) if (word !== '') context.emit(word, 1);
}

export function reduce(word, counts, context) {
  let sum = 0;
  for (const count of counts) sum += count;
  context.emit(word, sum);
}

export const combine = reduce;

export const types = { mapKey: 'text', mapValue: 'long', key: 'text', value: 'long' };

/** Waits before its first group, so that a test can end its process meanwhile. */
export async function slowReduce(word, counts, context) {
  if (context.task.attempt === 0) await new Promise((resolve) => setImmediate(resolve));
  if (process.env['SLOW'] === 'yes') await new Promise(() => setInterval(() => undefined, 1000));
  reduce(word, counts, context);
}
