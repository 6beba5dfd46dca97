/**
 * Compiles the WebAssembly kernels: native-free-io/kernel/assembly/NAME.ts becomes
 * native-free-io/kernel/NAME.wasm.ts, which holds the module as base64 so that it needs no file at
 * run time.
 *
 * usage: node scripts/build-kernels.mjs [--check]
 * --check writes nothing and ends with 1 when a committed module is not what its source compiles
 * to.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { compileString } from 'assemblyscript/asc';

const sources = new URL('../native-free-io/kernel/assembly/', import.meta.url);
const modules = new URL('../native-free-io/kernel/', import.meta.url);
const options = {
  optimizeLevel: 3,
  shrinkLevel: 0,
  runtime: 'stub',
  importMemory: true,
  noExportMemory: true,
  noAssert: true,
  enable: ['simd', 'bulk-memory'],
};

const isCheck = process.argv.includes('--check');
for (const file of readdirSync(sources).filter((name) => name.endsWith('.ts'))) {
  const name = file.slice(0, -'.ts'.length);
  const { binary, error } = await compileString(
    readFileSync(new URL(file, sources), 'utf8'),
    options,
  );
  if (error !== null || binary === null) throw new Error(`${file}: ${error?.message}`);
  const text = moduleText(name, Buffer.from(binary).toString('base64'));
  const target = new URL(`${name}.wasm.ts`, modules);
  if (!isCheck) {
    writeFileSync(target, text);
    console.log(`${name}: ${binary.length} bytes`);
  } else if (readFileSync(target, 'utf8') !== text) {
    console.error(`${name}.wasm.ts is not what its source compiles to: npm run kernels`);
    process.exitCode = 1;
  }
}

function moduleText(name, base64) {
  const lines = base64.match(/.{1,90}/g).map((line) => `  '${line}',`);
  return [
    `/** Compiled from assembly/${name}.ts by npm run kernels; not written by hand. */`,
    `export const ${name}Module: string = [`,
    ...lines,
    `].join('');`,
    '',
  ].join('\n');
}
