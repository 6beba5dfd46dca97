/**
 * Every room begins by saying, in a sentence, what it is for. Settings of tools at the root need
 * not.
 */
import { expect, test } from 'vitest';
import { SourceFile, sourceFiles } from './source-files.ts';
import { told, type Violation } from './violations.ts';

/** What a test is for, its folder and the sentences of its tests say. */
const spoken = /^test\/.*\.(?:test|prop|golden|crash|sim)\.ts$/;

function violations(files: readonly SourceFile[]): Violation[] {
  return files
    .filter(({ path }) => path.includes('/'))
    .filter(({ path, header }) => !spoken.test(path) && !isSentence(header))
    .map(({ path }) => ({
      path,
      what: 'the room does not begin with a sentence',
      instead: 'say in a comment at the top what it is for, then its invariants and its upstream',
    }));
}

/** At least three words and an end. */
function isSentence(header: string): boolean {
  return /^\S+\s+\S+\s+\S+[\s\S]*?[.:;]/.test(header);
}

test('every room begins with a sentence', () => {
  expect(told(violations(sourceFiles()))).toEqual([]);
});

test('rooms without a comment, or with a mere label, are told', () => {
  const planted = [
    'export const a = 1;\n/** Comes too late to be a header. */',
    '/** Helpers. */\nexport const a = 1;',
    '// Copyright somebody\nexport const a = 1;',
    '',
  ].map((text, index) => new SourceFile(`src/x${index}.ts`, text));
  expect(violations(planted)).toHaveLength(planted.length);
  const good = new SourceFile(
    'src/x.ts',
    '#!/usr/bin/env node\n/**\n * Says what it is for.\n */\n',
  );
  expect(violations([good])).toEqual([]);
});
