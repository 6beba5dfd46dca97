/**
 * Errors on their way out of a worker: a structured clone keeps neither class nor code nor context,
 * so they travel as data and are made anew on the other side.
 */
import {
  AbortedError,
  CorruptionError,
  FencedError,
  InternalError,
  InvalidArgumentError,
  IoError,
  LimitError,
  NotFoundError,
  StateError,
  StoreError,
  TimeoutError,
  type ErrorContext,
  type StoreErrorOptions,
} from '../../../native-free-io/index.ts';

export interface TaskErrorData {
  /** Name of the class; 'Error' for what varve did not throw. */
  readonly kind: string;
  readonly code: string;
  readonly message: string;
  readonly context: ErrorContext;
  readonly retryable: boolean;
  readonly stack: string;
}

type ErrorClass = new (code: string, message: string, options?: StoreErrorOptions) => StoreError;

const classes: Readonly<Record<string, ErrorClass>> = {
  CorruptionError,
  FencedError,
  InternalError,
  InvalidArgumentError,
  IoError,
  LimitError,
  NotFoundError,
  StateError,
  StoreError,
  TimeoutError,
};

export function errorData(error: unknown): TaskErrorData {
  if (error instanceof StoreError) {
    const { code, message, context, retryable } = error;
    return { kind: error.name, code, message, context, retryable, stack: error.stack ?? '' };
  }
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  return { kind: 'Error', code: '', message, context: {}, retryable: false, stack };
}

/** The error as it was thrown, with the stack of the other thread. */
export function errorOf(data: TaskErrorData): Error {
  const { kind, code, message, context, retryable, stack } = data;
  if (kind === 'Error') return Object.assign(new Error(message), { stack });
  // The message names the place already; a constructor given the context would name it again.
  const made =
    kind === 'AbortError'
      ? new AbortedError(message)
      : new (classes[kind] ?? StoreError)(code, message, { retryable });
  return Object.assign(made, { context, stack });
}
