/** From the words after a command to its positionals and flags; what is wrong is said by name. */
import { parseArgs } from 'node:util';
import {
  allOptions,
  UsageError,
  type CliIo,
  type Command,
  type Invocation,
  type OptionSpec,
} from './command.ts';
import { nearestName } from './suggest.ts';

type Specs = Readonly<Record<string, OptionSpec>>;

/** Splits arguments by the command's options; undefined when help was asked for. */
export function parseInvocation(
  command: Command,
  args: readonly string[],
  io: CliIo,
): Invocation | undefined {
  const specs: Specs = allOptions(command);
  const { flags, lists, positionals } = parse(args, specs);
  if (flags['help'] === true) return undefined;
  const [min, max] = command.arity;
  if (positionals.length < min) throw new UsageError(`missing argument: ${command.usage}`);
  if (positionals.length > max) {
    const surplus = positionals[max]!;
    throw new UsageError(`unexpected argument '${surplus}'`);
  }
  if (positionals.includes('')) throw new UsageError(`an empty argument: ${command.usage}`);
  return { positionals, flags, lists, io };
}

/**
 * Node's own parser splits the words; unknown and incomplete options are judged here, because its
 * messages name neither what was probably meant nor what is expected.
 */
function parse(
  args: readonly string[],
  specs: Specs,
): Pick<Invocation, 'flags' | 'lists' | 'positionals'> {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {};
  for (const [name, { type, short }] of Object.entries(specs)) {
    options[name] = short === undefined ? { type } : { type, short };
  }
  const { tokens } = parseArgs({
    args: [...args],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const flags: Record<string, string | boolean> = {};
  const lists: Record<string, string[]> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const value = flagValue(token, specs);
    flags[token.name] = value;
    if (specs[token.name]?.repeats !== true || typeof value !== 'string') continue;
    (lists[token.name] ??= []).push(value);
  }
  return { flags, lists, positionals };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  /** Given as --name=value. */
  readonly inlineValue?: boolean | undefined;
}

function flagValue(token: OptionToken, specs: Specs): string | boolean {
  const { rawName, value } = token;
  const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined;
  if (spec === undefined) {
    const nearest = nearestName(token.name, Object.keys(specs));
    const hint = nearest === undefined ? '' : `; did you mean --${nearest}?`;
    throw new UsageError(`unknown option '${rawName}'${hint}`);
  }
  if (spec.type === 'boolean') {
    if (value !== undefined) throw new UsageError(`--${token.name} takes no value, got '${value}'`);
    return true;
  }
  // Else `--copy --yes` would copy into a directory of that name.
  const isOption = value?.startsWith('--') === true && Object.hasOwn(specs, value.slice(2));
  if (value === undefined || (isOption && token.inlineValue !== true)) {
    throw new UsageError(`--${token.name}: missing its value ${spec.value ?? 'VALUE'}`);
  }
  return value;
}

/** The whole number given by a flag, within bounds; `fallback` when it was not given. */
export function wholeNumber(
  invocation: Invocation,
  name: string,
  bounds: { fallback: number; min?: number; max?: number },
): number {
  const text = invocation.flags[name];
  if (text === undefined) return bounds.fallback;
  const value = Number(text);
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = bounds;
  if (typeof text !== 'string' || !/^\d+$/.test(text) || value < min || value > max) {
    throw new UsageError(`--${name}: expected a whole number from ${min} to ${max}, got '${text}'`);
  }
  return value;
}
