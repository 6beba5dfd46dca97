/**
 * Power cuts at every operation of a pack: what was acknowledged is there, nothing wrong is
 * ever served, and the data stay a SequenceFile.
 */
import { expect, test } from 'vitest';
import type { CrashFileSystem, FileSystem } from '../../native-free-io/index.ts';
import type { ObjectPack, OpenPackIndex } from '../../src/blocks/index.ts';
import { SequenceFileReader } from '../../src/hadoop/index.ts';
import { IndexHistory, objectsOf, openPack } from '../helpers/pack-world.ts';
import { cutEverywhere, cutTimeoutMs } from './power-cut.ts';

const dir = '/data/pack';
const limits = { timeout: cutTimeoutMs };

/** Values that a key may have; undefined: it may be missing. The first was acknowledged. */
class PackTrace {
  readonly values = new Map<string, (string | undefined)[]>();
  readonly index = new IndexHistory();
}

class TrackedPack {
  readonly #pack: ObjectPack;
  readonly #trace: PackTrace;
  readonly #waiting = new Set<string>();

  constructor(pack: ObjectPack, trace: PackTrace) {
    this.#pack = pack;
    this.#trace = trace;
  }

  async put(key: string, value: string): Promise<void> {
    this.#may(key, value);
    await this.#pack.put(key, new Uint8Array(Buffer.from(value, 'latin1')));
  }

  async sync(): Promise<void> {
    await this.#pack.sync();
    this.#acknowledge();
  }

  async remove(key: string): Promise<void> {
    this.#may(key, undefined);
    await this.#pack.remove(key);
    this.#acknowledge();
  }

  async close(): Promise<void> {
    await this.#pack.close();
    this.#acknowledge();
  }

  #may(key: string, value: string | undefined): void {
    const values = this.#trace.values.get(key) ?? [undefined];
    this.#trace.values.set(key, [...values, value]);
    this.#waiting.add(key);
  }

  /** The last value of each key is the only one from now on. */
  #acknowledge(): void {
    for (const key of this.#waiting) {
      this.#trace.values.set(key, [this.#trace.values.get(key)!.at(-1)]);
    }
    this.#waiting.clear();
  }
}

async function work(fs: CrashFileSystem, trace: PackTrace, openIndex: OpenPackIndex | undefined) {
  const options = { dir, ...(openIndex === undefined ? {} : { openIndex }) };
  const pack = new TrackedPack(await openPack(fs, options), trace);
  await pack.put('a', 'first');
  await pack.put('b', 'x'.repeat(5000));
  await pack.sync();
  await pack.put('a', 'second');
  await pack.put('c', '');
  await pack.put('a', 'third');
  await pack.sync();
  await pack.remove('b');
  await pack.put('d', 'unsynced, then closed');
  await pack.close();
  const again = new TrackedPack(await openPack(fs, options), trace);
  await again.put('b', 'is back');
  await again.remove('a');
  await again.put('e', 'y'.repeat(9000));
  await again.sync();
  await again.close();
}

async function check(
  fs: FileSystem,
  trace: PackTrace,
  openIndex: OpenPackIndex | undefined,
): Promise<void> {
  const options = { dir, ...(openIndex === undefined ? {} : { openIndex }) };
  const seen = fs.statSync(`${dir}/journal`) === undefined ? undefined : await readOnly(fs);
  const pack = await openPack(fs, options);
  const objects = objectsOf(pack);
  if (seen !== undefined) expect(seen).toEqual(objects);
  expect(pack.size).toBe(objects.size);
  for (const [key, values] of trace.values) expect(values).toContain(objects.get(key));
  for (const key of objects.keys()) expect([...trace.values.keys()]).toContain(key);
  await pack.put('after', new Uint8Array([1]));
  await pack.close();
  await using again = await openPack(fs, options);
  expect(objectsOf(again)).toEqual(objects.set('after', '\u0001'));
  expect(again.droppedBytes).toBe(0);
  using reader = SequenceFileReader.open(fs, `${dir}/data`);
  while (reader.next()) expect(reader.value.length).toBeGreaterThanOrEqual(4);
}

async function readOnly(fs: FileSystem): Promise<Map<string, string>> {
  await using pack = await openPack(fs, { dir, readOnly: true });
  return objectsOf(pack);
}

test('a power cut while objects are put, replaced, removed', limits, async () => {
  const report = await cutEverywhere('power cuts of a pack', {
    trace: () => new PackTrace(),
    run: (fs, trace) => work(fs, trace, undefined),
    check: (fs, trace) => check(fs, trace, undefined),
  });
  expect(report.operations).toBeGreaterThan(35);
});

test('the same with an index of its own that lost up to all of its changes', limits, async () => {
  let turn = 0;
  await cutEverywhere('power cuts of a pack with a late index', {
    trace: () => new PackTrace(),
    run: (fs, trace) => work(fs, trace, trace.index.openAt(-1)),
    check: async (fs, trace) => {
      // Each survivor with another moment of the index: the newest, the one before, …
      const { moments } = trace.index;
      const back = 1 + (turn++ % moments.length);
      const history = new IndexHistory();
      history.moments.push(moments.at(-back)!);
      await check(fs, trace, history.openAt(-1));
    },
  });
});
