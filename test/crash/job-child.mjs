/** Runs a word count in a process that a test kills; says when maps are done. */
import { runJob, TextInput } from '../../dist/src/mapreduce/index.js';

const [, , input, output, module] = process.argv;
const words = new URL(module);
await runJob({
  input: TextInput(input, { splitBytes: 20_000 }),
  output,
  map: words,
  reduce: { module: words, name: process.env['SLOW'] === 'yes' ? 'slowReduce' : 'reduce' },
  types: { mapKey: 'text', mapValue: 'long', key: 'text', value: 'long' },
  reducers: 3,
  workers: 2,
  onProgress: ({ maps, reduces }) => {
    process.stdout.write(`${JSON.stringify({ maps, reduces })}\n`);
  },
});
process.stdout.write('done\n');
