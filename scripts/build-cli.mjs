/**
 * Makes what `varve` starts from: dist/cli/varve.js, which takes `varve kafka` to a bundle beside
 * it and every other command to the modules of dist/src. Reading a few files instead of hundreds
 * is most of what a broker needs to start (docs/decisions/0015-bundled-broker.md).
 *
 * usage: node scripts/build-cli.mjs, after the compiler
 *
 * Worker threads start from dist/src: a module that names a neighbour by its own place
 * (`new URL('./clean-worker.js', import.meta.url)`) finds it where the compiler put it.
 */
import { chmodSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const target = join(dist, 'cli');
const entry = join(dist, 'src/cli/main.js');
const commandList = join(dist, 'src/cli/commands.js');

const start = `#!/usr/bin/env node
await import(process.argv[2] === 'kafka' ? './kafka.js' : '../src/cli/main.js');
`;

function placeOf(path) {
  return `new URL(${JSON.stringify(relative(target, path).replaceAll(sep, '/'))}, import.meta.url)`;
}

/** Other commands are not taken in: they would not run from here. */
const kafkaAlone = {
  name: 'kafka-alone',
  transform(code, id) {
    if (id !== commandList) return undefined;
    const others = /import\('(\.\/(?!kafka\/)[^']+)'\)/g;
    const rewritten = code.replaceAll(others, (_, path) => {
      return `import(${placeOf(join(dist, 'src/cli', path))}.href)`;
    });
    return { code: rewritten, map: null };
  },
};

const ownPlaces = {
  name: 'own-places',
  transform(code, id) {
    if (id === commandList || !code.includes('import.meta.url')) return undefined;
    return { code: code.replaceAll('import.meta.url', `${placeOf(id)}.href`), map: null };
  },
};

const bundle = await rolldown({
  input: { kafka: entry },
  platform: 'node',
  // What the package depends on is loaded as it is installed, when it is used.
  external: /^[\w@]/,
  plugins: [kafkaAlone, ownPlaces],
  treeshake: { moduleSideEffects: false },
});
await bundle.write({
  dir: target,
  format: 'esm',
  cleanDir: true,
  chunkFileNames: '[name]-[hash].js',
  // Less to read; names and lines stay, for the traces of errors.
  comments: false,
  charset: 'ascii',
});
await bundle.close();
writeFileSync(join(target, 'varve.js'), start);
chmodSync(join(target, 'varve.js'), 0o755);
