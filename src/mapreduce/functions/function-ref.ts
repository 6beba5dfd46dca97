/**
 * Where a function of a job is to be found, as plain data: tasks run in other threads, so they are
 * told the module instead of the function.
 *
 * A built-in is named; a user's is an export of a module; a command is a program that speaks
 * Hadoop Streaming.
 */
import { InvalidArgumentError } from '../../../native-free-io/index.ts';
import { sourceModule } from '../../env/index.ts';

export type FunctionRef =
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'module'; readonly href: string; readonly name: string }
  | { readonly kind: 'command'; readonly command: string };

/** How options name a function: a module that exports it, or `{ module, name }`, or others. */
export type FunctionOption =
  URL | string | { readonly module: URL; readonly name: string } | { readonly command: string };

/**
 * `role` is the name that a bare module must export: `map`, `reduce`, `combine`. A string names a
 * built-in of that role.
 */
export function functionRef(option: FunctionOption, role: string): FunctionRef {
  if (typeof option === 'string') return { kind: 'builtin', name: option };
  if (option instanceof URL) return { kind: 'module', href: option.href, name: role };
  if ('command' in option) return { kind: 'command', command: option.command };
  return { kind: 'module', href: option.module.href, name: option.name };
}

/** Exports of a user's module; OPTION_INVALID with the reason when it cannot be loaded. */
export async function loadModule(href: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(sourceModule(new URL(href)).href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidArgumentError('OPTION_INVALID', `${href} cannot be loaded: ${reason}`, {
      cause,
    });
  }
}
