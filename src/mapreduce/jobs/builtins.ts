/**
 * Functions that are built in, by role and name, and the jobs made of them.
 *
 *     job         map                                   combine, reduce
 *     wordcount   words of a line                       sum
 *     grep        what the pattern finds, `pattern`     sum
 *     join        first field, tagged by its input      pairs of both inputs
 *     identity    the record                            the records
 */
import { InvalidArgumentError } from '../../../native-free-io/index.ts';
import type { MapFunction, ReduceFunction } from '../functions/context.ts';
import type { JobTypes } from '../job/plan.ts';
import { cutAtTab } from '../streaming/lines.ts';

const encoder = new TextEncoder();

const identityMap: MapFunction = (key, value, context) => context.emit(key, value);

/** A line cut at its first tab, as streaming without a mapper has it. */
const linesMap: MapFunction = (_key, value, context) => {
  const line = encoder.encode(String(value));
  context.emit(...cutAtTab(line));
};

const grepMap: MapFunction = (_key, value, context) => {
  const { pattern, group = '0' } = context.settings;
  if (pattern === undefined) throw missing('pattern');
  for (const match of String(value).matchAll(expressionOf(pattern))) {
    context.emit(match[Number(group)] ?? '', 1);
  }
};

let lastExpression: { readonly pattern: string; readonly made: RegExp } | undefined;

/** Made anew only when the pattern is another: a record should not pay for it. */
function expressionOf(pattern: string): RegExp {
  if (lastExpression?.pattern !== pattern) {
    lastExpression = { pattern, made: new RegExp(pattern, 'gu') };
  }
  return lastExpression.made;
}

/**
 * Lines of `key TAB rest`. The tag `left` marks those whose path begins with the setting `left`;
 * the key is followed by it, so that lefts come first in a group.
 */
const joinMap: MapFunction = (_key, value, context) => {
  const { left } = context.settings;
  if (left === undefined) throw missing('left');
  const line = String(value);
  const at = line.indexOf('\t');
  const key = at < 0 ? line : line.slice(0, at);
  const rest = at < 0 ? '' : line.slice(at + 1);
  const isLeft = context.task.input?.path.startsWith(left) === true;
  context.emit(key, `${isLeft ? 'L' : 'R'}${rest}`);
};

/** Every left with every right; a key that only one side has gives nothing. */
const joinReduce: ReduceFunction = (key, values, context) => {
  const lefts: string[] = [];
  const rights: string[] = [];
  for (const value of values) {
    const text = String(value);
    (text.startsWith('L') ? lefts : rights).push(text.slice(1));
  }
  for (const left of lefts) for (const right of rights) context.emit(key, `${left}\t${right}`);
};

const identityReduce: ReduceFunction = (key, values, context) => {
  for (const value of values) context.emit(key, value);
};

const sumReduce: ReduceFunction = (key, values, context) => {
  let sum = 0;
  for (const value of values) sum += value;
  context.emit(key, sum);
};

export const mapFunctions: Readonly<Record<string, MapFunction>> = {
  identity: identityMap,
  lines: linesMap,
  grep: grepMap,
  join: joinMap,
};

export const reduceFunctions: Readonly<Record<string, ReduceFunction>> = {
  identity: identityReduce,
  sum: sumReduce,
  join: joinReduce,
};

export interface BuiltinJob {
  readonly map: string;
  readonly combine?: string;
  readonly reduce: string;
  readonly types: JobTypes;
}

const counted: JobTypes = { mapKey: 'text', mapValue: 'long', key: 'text', value: 'long' };
const texts: JobTypes = { mapKey: 'text', mapValue: 'text', key: 'text', value: 'text' };

export const builtinJobs: Readonly<Record<string, BuiltinJob>> = {
  wordcount: { map: 'wordcount', combine: 'sum', reduce: 'sum', types: counted },
  grep: { map: 'grep', combine: 'sum', reduce: 'sum', types: counted },
  join: { map: 'join', reduce: 'join', types: texts },
};

function missing(setting: string): InvalidArgumentError {
  return new InvalidArgumentError('OPTION_INVALID', `the setting '${setting}' is missing`);
}
