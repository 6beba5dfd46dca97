/**
 * The command as it is built (scripts/build-cli.mjs): how much of it `varve kafka serve` reads
 * before it serves, which is most of the time it needs to start.
 */
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { main } from './cli-world.ts';

const bundle = join(dirname(main), 'kafka.js');
const importing = /^(?:import|export)\b[^;"]*?"([^"]+)";?$/gm;

/** Files of a bundle's chunk and all that it imports at once, and the packages among them. */
function loadedWith(entries: readonly string[]): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const [, target] of readFileSync(file, 'utf8').matchAll(importing)) {
      if (target!.startsWith('.')) waiting.push(join(dirname(file), target!));
      else if (!target!.startsWith('node:')) packages.add(target!);
    }
  }
  return { files, packages };
}

function kafkaChunk(): string {
  const found = /import\("([^"]+)"\)\)\.kafkaGroup/.exec(readFileSync(bundle, 'utf8'));
  return join(dirname(bundle), found![1]!);
}

test('serving Kafka loads a few files, and no library before it is used', () => {
  const { files, packages } = loadedWith([bundle, kafkaChunk()]);
  expect([...packages]).toEqual([]);
  expect(files.size).toBeLessThan(10);
  const bytes = [...files].reduce((sum, file) => sum + statSync(file).size, 0);
  expect(bytes).toBeLessThan(1_200_000);
});

test('a module of the bundle that names a neighbour names it where the compiler put it', () => {
  const text = [...loadedWith([bundle, kafkaChunk()]).files]
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const worker = /new URL\("([^"]+\.js)", new URL\("([^"]+)", import\.meta\.url\)\.href\)/g;
  const named = [...text.matchAll(worker)].map(([, neighbour, own]) =>
    join(dirname(bundle), dirname(own!), neighbour!),
  );
  expect(named.length).toBeGreaterThan(0);
  for (const path of named) expect(statSync(path).isFile(), path).toBe(true);
});
