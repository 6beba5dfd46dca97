/**
 * The error tree: one class per remedy, one stable code per trouble.
 *
 * Callers branch on `code` (or on the class), never on the text. Every error carries the context
 * that says where: `path` for the file, `position` for the byte in it. The codes of this floor are
 * listed in `error-codes.ts`; floors above list their own; `docs/errors.md` explains every one.
 */

/** Where and on what an operation failed. Values are printable. */
export interface ErrorContext {
  /** File or directory concerned. */
  readonly path?: string;
  /** Byte position in that file. */
  readonly position?: number;
  readonly [key: string]: string | number | bigint | boolean | undefined;
}

export interface StoreErrorOptions {
  readonly context?: ErrorContext;
  readonly cause?: unknown;
  /** True when the same call may succeed later without anybody repairing anything. */
  readonly retryable?: boolean;
}

/** Root of every error varve throws on purpose. */
export class StoreError extends Error {
  readonly code: string;
  readonly context: ErrorContext;
  readonly retryable: boolean;

  constructor(code: string, message: string, options: StoreErrorOptions = {}) {
    super(describe(message, options.context), { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.context = options.context ?? {};
    this.retryable = options.retryable ?? false;
  }
}

/** The caller passed something that can never work: change the call. */
export class InvalidArgumentError extends StoreError {}
/** The object is closed, failed or in a state that forbids the call: open it again. */
export class StateError extends StoreError {}
/** The named thing does not exist. */
export class NotFoundError extends StoreError {}
/** A stated limit would be exceeded: raise the limit or send less. */
export class LimitError extends StoreError {}
/** The operating system refused or failed: see `context.errno`. */
export class IoError extends StoreError {}
/** Stored or received bytes are wrong: repair, restore or discard them. */
export class CorruptionError extends StoreError {}
/** An older owner or epoch was refused: stop acting for it. */
export class FencedError extends StoreError {}
/** The time allowed ran out. */
export class TimeoutError extends StoreError {}
/** The caller's AbortSignal fired. `name` is 'AbortError', as the platform spells it. */
export class AbortedError extends StoreError {
  constructor(message = 'the operation was aborted', options: StoreErrorOptions = {}) {
    super('IO_ABORTED', message, options);
    this.name = 'AbortError';
  }
}
/** varve itself is wrong: report it. */
export class InternalError extends StoreError {}

/** Throws when `signal` has fired; call before work and between batches. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new AbortedError(undefined, { cause: signal.reason });
}

function describe(message: string, context: ErrorContext | undefined): string {
  if (context?.path === undefined) return message;
  const place =
    context.position === undefined ? context.path : `${context.path} at byte ${context.position}`;
  return `${message} (${place})`;
}
