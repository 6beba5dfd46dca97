/**
 * The script of a failing file system: which operation fails, when, and how.
 *
 * A rule counts the operations it selects, from 1, in the order they are called; it is in force
 * from its `nth` for `times` of them. Every rule counts every operation it selects, whatever other
 * rules do to it. When several are in force at once, their delays add up, the first error wins, the
 * shortest piece counts, and all flips are applied.
 */
import { InvalidArgumentError } from '../errors.ts';
import { systemError } from './simulated-error.ts';

/** The synchronous and the asynchronous form of an operation carry one name, vectors too. */
const syscalls = {
  open: 'open',
  stat: 'stat',
  list: 'scandir',
  makeDirectory: 'mkdir',
  rename: 'rename',
  link: 'link',
  removeFile: 'unlink',
  removeDirectory: 'rmdir',
  syncDirectory: 'fsync',
  setModifiedTime: 'utime',
  space: 'statfs',
  lock: 'open',
  read: 'read',
  write: 'write',
  size: 'fstat',
  truncate: 'ftruncate',
  sync: 'fsync',
  close: 'close',
} as const;

export type FaultOperation = keyof typeof syscalls;

export type Fault =
  /** Nothing happens and the call fails, as the platform says it: 'EIO', 'ENOSPC', 'EMFILE', … */
  | { readonly kind: 'error'; readonly errno: string }
  /**
   * A read gives fewer bytes than there are, as if the file ended there; a write leaves its first
   * bytes and fails with `errno` (default 'ENOSPC'). Default for `bytes`: half of what was
   * asked for.
   */
  | { readonly kind: 'short'; readonly bytes?: number; readonly errno?: string }
  /**
   * Bits of one byte are turned over: on a read in what the caller gets, on a write in what reaches
   * the file. `position` is that byte's in the file, and calls that do not cover it are left alone;
   * default: the middle byte of each call. `mask` says which bits; default 1.
   */
  | { readonly kind: 'flip'; readonly position?: number; readonly mask?: number }
  /** The operation begins after so long. Asynchronous forms only: the others are not counted. */
  | { readonly kind: 'delay'; readonly ms: number };

export interface FaultRule {
  readonly on: FaultOperation | readonly FaultOperation[];
  /** A text the path must end with, or a pattern found in it. Of two paths either. Default: any. */
  readonly path?: string | RegExp;
  /** The first of the selected operations to fail, counted from 1. Default 1. */
  readonly nth?: number;
  /** How many fail from there on; Infinity for all of them. Default 1. */
  readonly times?: number;
  readonly fault: Fault;
}

/** One operation that was not left alone. */
export interface FaultHit {
  readonly operation: FaultOperation;
  readonly path: string;
  readonly fault: Fault;
}

export interface FaultCall {
  readonly operation: FaultOperation;
  readonly form: 'sync' | 'async';
  readonly path: string;
  /** Second path of a rename or link. */
  readonly to?: string;
  /** First byte of a read or write. */
  readonly position?: number;
  /** Bytes of a read or write. */
  readonly length?: number;
}

/** One bit pattern to turn over, `at` bytes after the first byte of the call. */
export interface Flip {
  readonly at: number;
  readonly mask: number;
}

/** What the rules in force do to one call. */
export interface FaultEffect {
  readonly delayMs: number;
  readonly error: Error | undefined;
  /** Fewer bytes than asked for, with the error that follows if it is a write. */
  readonly short: { readonly bytes: number; readonly error: Error } | undefined;
  readonly flips: readonly Flip[];
}

interface CountedRule extends FaultRule {
  seen: number;
}

const none: FaultEffect = { delayMs: 0, error: undefined, short: undefined, flips: [] };

export class FaultScript {
  readonly hits: FaultHit[] = [];
  readonly #rules = new Set<CountedRule>();

  /** The returned function takes the rule back. */
  add(rule: FaultRule): () => void {
    checkRule(rule);
    const counted = { ...rule, seen: 0 };
    this.#rules.add(counted);
    return () => this.#rules.delete(counted);
  }

  clear(): void {
    this.#rules.clear();
  }

  /** Counts the call and says what becomes of it. */
  strike(call: FaultCall): FaultEffect {
    let effect = none;
    for (const rule of this.#rules) {
      if (!selects(rule, call)) continue;
      const { nth = 1, times = 1, fault } = rule;
      const count = ++rule.seen;
      if (count < nth || count >= nth + times) continue;
      const next = combine(effect, fault, call);
      if (next === effect) continue;
      effect = next;
      this.hits.push({ operation: call.operation, path: call.path, fault });
    }
    return effect;
  }
}

function selects(rule: FaultRule, call: FaultCall): boolean {
  const { on, path, fault } = rule;
  if (typeof on === 'string' ? on !== call.operation : !on.includes(call.operation)) return false;
  if (fault.kind === 'delay' && call.form === 'sync') return false;
  if (path === undefined) return true;
  // `search` starts at the beginning even when the pattern is a global one.
  const fits = (each: string): boolean =>
    typeof path === 'string' ? each.endsWith(path) : each.search(path) >= 0;
  return fits(call.path) || (call.to !== undefined && fits(call.to));
}

/** The effect with one more fault; the same object when that fault does not touch this call. */
function combine(effect: FaultEffect, fault: Fault, call: FaultCall): FaultEffect {
  const { position = 0, length = 0 } = call;
  switch (fault.kind) {
    case 'error':
      return { ...effect, error: effect.error ?? errorOf(fault.errno, call) };
    case 'delay':
      return { ...effect, delayMs: effect.delayMs + fault.ms };
    case 'short': {
      const bytes = fault.bytes ?? length >> 1;
      if (bytes >= (effect.short?.bytes ?? length)) return effect;
      return { ...effect, short: { bytes, error: errorOf(fault.errno ?? 'ENOSPC', call) } };
    }
    case 'flip': {
      const at = fault.position === undefined ? length >> 1 : fault.position - position;
      if (at < 0 || at >= length) return effect;
      return { ...effect, flips: [...effect.flips, { at, mask: fault.mask ?? 1 }] };
    }
  }
}

function errorOf(errno: string, { operation, path }: FaultCall): Error {
  return systemError(errno, syscalls[operation], path);
}

function checkRule({ on, nth = 1, times = 1, fault }: FaultRule): void {
  const operations = typeof on === 'string' ? [on] : on;
  const refuse = (reason: string): never => {
    throw new InvalidArgumentError('IO_INVALID_ARGUMENT', `fault rule: ${reason}`);
  };
  if (operations.length === 0) refuse('no operation');
  for (const each of operations) {
    if (!Object.hasOwn(syscalls, each)) refuse(`no operation '${each}'`);
    const isData = each === 'read' || each === 'write';
    const needsData = fault.kind === 'short' || fault.kind === 'flip';
    if (needsData && !isData) refuse(`'${fault.kind}' is for read and write, not ${each}`);
  }
  if (!Number.isSafeInteger(nth) || nth < 1) refuse(`nth is ${nth}`);
  if (!(times >= 1)) refuse(`times is ${times}`);
  if (fault.kind === 'delay' && !(fault.ms >= 0)) refuse(`ms is ${fault.ms}`);
  if (fault.kind === 'short' && !isPosition(fault.bytes ?? 0)) refuse(`bytes is ${fault.bytes}`);
  if (fault.kind !== 'flip') return;
  if (!isPosition(fault.position ?? 0)) refuse(`position is ${fault.position}`);
  const mask = fault.mask ?? 1;
  if (!Number.isInteger(mask) || mask < 1 || mask > 255) refuse(`mask is ${mask}`);
}

function isPosition(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
