/** From a function's reference to the function: built in, or exported by a user's module. */
import { InvalidArgumentError } from '../../../native-free-io/index.ts';
import type { RawComparator, WritableType } from '../../hadoop/index.ts';
import { reversed } from '../../hadoop/index.ts';
import type { CompareFunction } from './context.ts';
import { keyFieldComparator } from './key-field-order.ts';
import { loadModule, type FunctionRef } from './function-ref.ts';

type AnyFunction = (...values: never[]) => unknown;

export async function functionOf(
  ref: FunctionRef,
  builtins: Readonly<Record<string, AnyFunction>> = {},
): Promise<AnyFunction> {
  if (ref.kind === 'command') throw notHere(`the command '${ref.command}' is no function`);
  if (ref.kind === 'builtin') {
    const found = Object.hasOwn(builtins, ref.name) ? builtins[ref.name] : undefined;
    if (found !== undefined) return found;
    throw notHere(`nothing is built in as '${ref.name}'; there are ${namesOf(builtins)}`);
  }
  const exported = (await loadModule(ref.href))[ref.name];
  if (typeof exported === 'function') return exported as AnyFunction;
  throw notHere(`${ref.href} exports no function '${ref.name}'`);
}

export interface ComparatorSource {
  readonly fallback: RawComparator;
  /** Of the job. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The raw comparator that a reference names; `fallback` when there is none. */
export async function comparatorOf(
  ref: FunctionRef | undefined,
  type: WritableType,
  { fallback, settings }: ComparatorSource,
): Promise<RawComparator> {
  if (ref === undefined) return fallback;
  if (ref.kind === 'builtin' && ref.name === 'reverse') return reversed(type.compare);
  if (ref.kind === 'builtin' && ref.name === 'keyField') return keyFieldComparator(type, settings);
  const compare = (await functionOf(ref)) as CompareFunction;
  return (a, aStart, aEnd, b, bStart, bEnd) =>
    compare(type.read(a, aStart, aEnd) as never, type.read(b, bStart, bEnd) as never);
}

function namesOf(builtins: Readonly<Record<string, unknown>>): string {
  return Object.keys(builtins).join(', ') || 'none';
}

function notHere(message: string): InvalidArgumentError {
  return new InvalidArgumentError('OPTION_INVALID', message);
}
