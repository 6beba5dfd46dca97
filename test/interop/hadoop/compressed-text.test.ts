/** Text in Hadoop's codecs: what Hadoop writes is our input, what we write is Hadoop's. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hadoopCodecs, type HadoopCodecName } from '../../../src/hadoop/index.ts';
import { Seeded } from '../../helpers/seeded.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { HadoopJvm } from './jvm.ts';
import { underHadoop, underVarve } from './streaming.ts';

let jvm: HadoopJvm;

beforeAll(async () => {
  jvm = await HadoopJvm.start();
});

afterAll(() => jvm.close());

const copying = { options: { mapper: 'cat', reducer: 'NONE' } };

/** More than a block of every codec, some of it beyond compression. */
function makeText(folder: string): { input: string; text: string } {
  const random = new Seeded(5);
  const lines = Array.from({ length: 20_000 }, (_, index) => {
    const noise = random.chance(0.3)
      ? Buffer.from(random.bytes(60)).toString('base64')
      : 'é'.repeat(30);
    return `${index} ${noise}\t\n`;
  });
  const input = join(folder, 'plain');
  mkdirSync(input);
  writeFileSync(join(input, 'a.txt'), lines.join(''));
  return { input, text: Buffer.from(lines.join('')).toString('latin1') };
}

function partsOf(files: Readonly<Record<string, string>>): string {
  const names = Object.keys(files).filter((name) => name.startsWith('part-'));
  return names.map((name) => files[name]).join('');
}

// Without native libraries Hadoop has no zstd.
test.each(['default', 'gzip', 'bzip2', 'snappy', 'lz4'] as const)(
  'text that Hadoop compressed with %s has its lines here',
  async (name) => {
    const folder = temporaryFolder();
    const { input, text } = makeText(folder);
    const output = join(folder, 'packed');
    const packed = await underHadoop(
      jvm,
      { work: folder, input, output },
      {
        ...copying,
        settings: {
          'fs.local.block.size': String(1 << 28),
          'mapreduce.output.fileoutputformat.compress': 'true',
          'mapreduce.output.fileoutputformat.compress.codec': hadoopCodecs[name].className,
        },
      },
    );
    expect(packed.isFine, packed.said).toBe(true);
    expect(Object.keys(packed.files)).toContain(`part-00000${hadoopCodecs[name].suffix}`);
    const ours = underVarve({ work: folder, input: output, output: join(folder, 'ours') }, copying);
    expect(ours.isFine, ours.said).toBe(true);
    expect(partsOf(ours.files)).toBe(text);
  },
);

test.each<HadoopCodecName>(['deflate', 'gzip', 'snappy', 'lz4'])(
  'text compressed with %s here has its lines in Hadoop',
  async (name) => {
    const folder = temporaryFolder();
    const { input, text } = makeText(folder);
    const output = join(folder, 'packed');
    const options = { ...copying.options, compress: name, 'split-bytes': String(1 << 28) };
    const packed = underVarve({ work: folder, input, output }, { options });
    expect(packed.isFine, packed.said).toBe(true);
    expect(readdirSync(output)).toContain(`part-00000${hadoopCodecs[name].suffix}`);
    const theirs = await underHadoop(
      jvm,
      { work: folder, input: output, output: join(folder, 'theirs') },
      copying,
    );
    expect(theirs.isFine, theirs.said).toBe(true);
    expect(partsOf(theirs.files)).toBe(text);
  },
);
