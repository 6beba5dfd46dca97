/** What a call threw, as tests compare it. */
import { StoreError } from '../../native-free-io/index.ts';

export const nothingThrown = 'nothing thrown';

/** The code of the StoreError that `call` throws; any other error is passed on. */
export function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return storeCode(error);
  }
  return nothingThrown;
}

/** As `codeOf`, of a promise or an asynchronous function. */
export async function codeOfPromise(
  work: Promise<unknown> | (() => Promise<unknown>),
): Promise<string> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    return storeCode(error);
  }
  return nothingThrown;
}

function storeCode(error: unknown): string {
  if (error instanceof StoreError) return error.code;
  throw error;
}
