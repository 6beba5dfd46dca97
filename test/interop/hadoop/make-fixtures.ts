/**
 * Writes test/fixtures/hadoop anew: SequenceFiles and IFiles of Hadoop's own writers. By hand:
 *
 *    test/interop/hadoop/make-fixtures.sh
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hadoopCodecs, writables } from '../../../src/hadoop/index.ts';
import { encodedAs } from '../../helpers/writables.ts';
import { fixturesRoot } from '../repository.ts';
import { hadoopVersion } from './jars.ts';
import { HadoopJvm } from './jvm.ts';

const folder = join(fixturesRoot, 'hadoop', hadoopVersion);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const records = Array.from({ length: 40 }, (_, index) => [
  base64(encodedAs(writables.text, `key ${index} é`)),
  base64(encodedAs(writables.long, index - 5)),
]);

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const jvm = await HadoopJvm.start();
for (const type of ['none', 'record', 'block'] as const) {
  await jvm.request('files.writeSequence', {
    path: join(folder, `${type}.seq`),
    keyClass: writables.text.className,
    valueClass: writables.long.className,
    type: type.toUpperCase(),
    codec: type === 'none' ? null : hadoopCodecs.default.className,
    metadata: { made: 'by Hadoop' },
    records,
  });
}
for (const [name, codec] of [
  ['plain', null],
  ['default', hadoopCodecs.default.className],
] as const) {
  const path = join(folder, `${name}.out`);
  const segments = [records.slice(0, 30), [], records.slice(30)];
  await jvm.request('files.writeSegments', { path, index: `${path}.index`, codec, segments });
}
const made = {
  made: `Apache Hadoop ${hadoopVersion}'s SequenceFile.Writer, IFile.Writer and SpillRecord, by test/interop/hadoop/make-fixtures.ts`,
  records: '40 of Text "key N é" and LongWritable N - 5',
  segments: 'partition 0 has the first 30, 1 none, 2 the rest; its index beside each file',
};
writeFileSync(join(folder, 'case.json'), `${JSON.stringify(made, undefined, 2)}\n`);
for (const name of readdirSync(folder)) if (name.endsWith('.crc')) rmSync(join(folder, name));
await jvm.close();
