import { expect, test } from 'vitest';
import { realEnv } from '../../../src/env/index.ts';
import { SequenceFileReader, writables } from '../../../src/hadoop/index.ts';
import { KeyValueTextInput, samplePartitions, totalOrder } from '../../../src/mapreduce/index.ts';
import { totalOrderPartitioner } from '../../../src/mapreduce/map/partitioners.ts';
import { codeOf } from '../../helpers/codes.ts';
import { toHex } from '../../helpers/hex.ts';
import { readText, runInline, withInput } from '../../helpers/jobs.ts';
import { encodedAs } from '../../helpers/writables.ts';

const texts = { mapKey: 'text', mapValue: 'text', key: 'text', value: 'text' } as const;

test('a total order by a sample: parts follow each other, every record once', async () => {
  const keys = Array.from({ length: 500 }, (_, index) =>
    String((index * 7919) % 500).padStart(3, '0'),
  );
  const fs = withInput({ a: keys.map((key) => `${key}\tv\n`).join('') });
  const input = KeyValueTextInput('/in');
  const env = realEnv({ fs });
  const sampling = { input, path: '/points', reducers: 4, keyType: 'text', env } as const;
  const reducers = await samplePartitions(sampling);
  expect(reducers).toBe(4);
  await runInline(fs, {
    input,
    map: 'identity',
    reduce: 'identity',
    types: texts,
    partition: totalOrder('/points'),
    reducers,
  });
  const parts = [0, 1, 2, 3].map((index) => readText(fs, `/out/part-r-0000${index}`));
  expect(parts.join('')).toBe(
    keys
      .toSorted()
      .map((key) => `${key}\tv\n`)
      .join(''),
  );
  for (const part of parts) expect(part.split('\n').length).toBeGreaterThan(100);
});

test('keys that are all equal make one partition, and the file has what Hadoop writes', async () => {
  const fs = withInput({ a: 'k\t1\n'.repeat(50) });
  const sampling = { input: KeyValueTextInput('/in'), reducers: 4, keyType: 'text' } as const;
  const env = realEnv({ fs });
  expect(await samplePartitions({ ...sampling, path: '/points', env })).toBe(2);
  using reader = SequenceFileReader.open(fs, '/points');
  expect(reader.header).toMatchObject({ compression: 'record' });
  expect(reader.next()).toBe(true);
  expect(toHex(reader.key)).toBe('016b');
});

test('a key at a split point goes to its right, one of ff bytes to the last partition', async () => {
  const fs = withInput({ a: 'b\t\nd\t\nf\t\n' });
  const env = realEnv({ fs });
  const sampling = { input: KeyValueTextInput('/in'), reducers: 3, keyType: 'text' } as const;
  expect(await samplePartitions({ ...sampling, path: '/points', env })).toBe(3);
  const partitioner = totalOrderPartitioner(fs, '/points', 3, writables.text.compare);
  const partitionOf = (bytes: Uint8Array): number => {
    const key = encodedAs(writables.textBytes, bytes);
    return partitioner(key, 0, key.length);
  };
  const of = (text: string): number => partitionOf(new TextEncoder().encode(text));
  expect(['a', 'c', 'd', 'e', 'f', 'g'].map(of)).toEqual([0, 0, 1, 1, 2, 2]);
  expect(partitionOf(new Uint8Array([255, 255]))).toBe(2);
  const wrong = (): unknown => totalOrderPartitioner(fs, '/points', 5, writables.text.compare);
  expect(codeOf(wrong)).toBe('OPTION_INVALID');
});
