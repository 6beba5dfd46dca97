/**
 * What the rooms of the conformance suite share: the subject, byte patterns, the check of an error.
 */
import { expect } from 'vitest';
import { StoreError, type FileSystem } from '../../native-free-io/index.ts';

/** The subject of the test that runs: another one for each test. */
export interface Subject {
  readonly fs: FileSystem;
  readonly dir: string;
}

/** The error of the tree that a call fails with; anything else fails the test. */
export async function failureOf(call: () => Promise<unknown>): Promise<StoreError> {
  try {
    await call();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('nothing was thrown where an error was due');
}

export async function refused(
  type: new (...args: never[]) => StoreError,
  code: string,
  path: string | undefined,
  call: () => Promise<unknown>,
): Promise<void> {
  const error = await failureOf(call);
  expect([error.constructor.name, error.code]).toEqual([type.name, code]);
  if (path !== undefined) expect(error.context.path).toBe(path);
}

/** Bytes that differ by seed and repeat with no period of a page. */
export function pattern(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = 1 + ((i * 31 + (i >> 8) * 7 + seed * 101) % 255);
  return bytes;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
