/** Records of a finished job's output, part by part in order of their names. */
import { joinPath, StateError, type FileSystem } from '../../../native-free-io/index.ts';
import { SequenceFileReader, writableNamed } from '../../hadoop/index.ts';
import { openSupply } from '../input/byte-supply.ts';
import { LineReader } from '../input/line-reader.ts';
import type { JobPlan } from './plan.ts';

type Pair = readonly [key: unknown, value: unknown];

export async function* readResults(fs: FileSystem, plan: JobPlan): AsyncGenerator<Pair> {
  const { output } = plan;
  if (output.format === 'module') {
    throw new StateError('MAPREDUCE_OUTPUT_OPAQUE', 'only its module can read this output');
  }
  for (const { name, kind } of await fs.list(output.dir)) {
    if (kind !== 'file' || /^[_.]/.test(name)) continue;
    const path = joinPath(output.dir, name);
    if (output.format === 'text') yield* textPairs(fs, path, output.separator);
    else yield* sequencePairs(fs, path, plan);
  }
}

async function* textPairs(fs: FileSystem, path: string, separator: string): AsyncGenerator<Pair> {
  const supply = openSupply(fs, path, { start: 0 });
  try {
    const delimiter = new Uint8Array([0x0a]);
    const lines = new LineReader(supply, { start: 0, end: Infinity, delimiter });
    for (let batch = await lines.nextBatch(); batch !== undefined;) {
      for (let index = 0; index < batch.count; index++) {
        const line = batch.value(index);
        const at = line.indexOf(separator);
        yield at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + separator.length)];
      }
      batch = await lines.nextBatch();
    }
  } finally {
    await supply.close();
  }
}

function* sequencePairs(fs: FileSystem, path: string, plan: JobPlan): Generator<Pair> {
  const key = writableNamed(plan.types.key);
  const value = writableNamed(plan.types.value);
  using reader = SequenceFileReader.open(fs, path);
  while (reader.next()) {
    reader.loadValue();
    yield [
      key.read(reader.keyBytes, reader.keyStart, reader.keyEnd),
      value.read(reader.valueBytes, reader.valueStart, reader.valueEnd),
    ];
  }
}
