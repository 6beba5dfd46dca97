/**
 * Error codes in use, in the tables and on the page agree, with the class that carries each.
 *
 * A code whose class column on the page holds a dash is reserved: nothing may throw it. That page
 * and tables list the same codes, `test/docs` holds.
 */
import { expect, test } from 'vitest';
import { ioErrorCodes, StoreError } from '../../native-free-io/index.ts';
import * as door from '../../native-free-io/index.ts';
import { storeErrorCodes } from '../../src/base/index.ts';
import { closingPlace, lineAt } from './scan-text.ts';
import { productFiles, readText, SourceFile } from './source-files.ts';
import { told, type Violation } from './violations.ts';

const tables = ['native-free-io/error-codes.ts', 'src/base/error-codes.ts'];
const known = { ...ioErrorCodes, ...storeErrorCodes };
const prefixes = [...new Set(Object.keys(known).map((code) => code.split('_')[0]!))];
const codePattern = new RegExp(`(['"\`])((?:${prefixes.join('|')})_[A-Z][A-Z_]*[A-Z])\\1`, 'g');

interface Use {
  readonly path: string;
  readonly line: number;
  readonly code: string;
}

/** Every code in quotes, outside of the tables. */
function usesIn(files: readonly SourceFile[]): Use[] {
  return files
    .filter(({ path }) => !tables.includes(path))
    .flatMap(({ path, text, code }) =>
      [...text.matchAll(codePattern)]
        // In a comment even the quotes are blank.
        .filter(({ index }) => code[index] !== ' ')
        .map((match) => ({ path, line: lineAt(text, match.index), code: match[2]! })),
    );
}

function unlisted(files: readonly SourceFile[]): Violation[] {
  const strange = usesIn(files).filter(({ code }) => !Object.hasOwn(known, code));
  return strange.map(({ path, line, code }) => ({
    path,
    line,
    what: `${code} is in no table`,
    instead: `list it in ${tables.join(' or ')}, and explain it in docs/errors.md`,
  }));
}

interface Throw extends Use {
  readonly className: string;
}

/** `new IoError('IO_…'`: the codes that a class is made with, both arms of a condition too. */
function throwsIn(files: readonly SourceFile[]): Throw[] {
  return files.flatMap(({ path, text, code }) =>
    [...code.matchAll(/\bnew (\w+Error)\(/g)].flatMap((match) => {
      const open = match.index + match[0].length - 1;
      const all = text.slice(open, closingPlace(code, open));
      const line = lineAt(text, match.index);
      const first = /^\(\s*(?:[^'"`,]*\?\s*)?(?=['"`])/.exec(all)?.[0] ?? '';
      const codes = [...all.slice(first.length).split(',')[0]!.matchAll(codePattern)];
      return codes.map((found) => ({ path, line, code: found[2]!, className: match[1]! }));
    }),
  );
}

/** Classes by code, as docs/errors.md tells; none for a reserved code. */
function classesOnPage(page: string): Map<string, string[]> {
  const rows = page.matchAll(/^\| `([A-Z]+_[A-Z_]+)`\s*\|([^|]*)\|/gm);
  return new Map(
    [...rows].map(([, code, cell]) => [
      code!,
      [...cell!.matchAll(/`(\w+)`/g)].map(([, className]) => className!),
    ]),
  );
}

function otherClasses(files: readonly SourceFile[], page: Map<string, string[]>): Violation[] {
  return throwsIn(files)
    .filter(({ code, className }) => page.get(code)?.includes(className) === false)
    .map(({ path, line, code, className }) => ({
      path,
      line,
      what: `${code} is thrown as ${className}`,
      instead: `throw ${page.get(code)!.join(' or ') || 'nothing: it is reserved'}, or correct docs/errors.md`,
    }));
}

test('every code in use is in a table', () => {
  const files = productFiles();
  expect(usesIn(files).length).toBeGreaterThan(100);
  expect(told(unlisted(files))).toEqual([]);
});

test('a code is in use exactly when docs/errors.md names a class for it', () => {
  const used = new Set(usesIn(productFiles()).map(({ code }) => code));
  const withClass = [...classesOnPage(readText('docs/errors.md'))]
    .filter(([, classes]) => classes.length > 0)
    .map(([code]) => code);
  expect(withClass.toSorted()).toEqual([...used].toSorted());
});

test('every code is thrown as the class that docs/errors.md names, and the class is exported', () => {
  const page = classesOnPage(readText('docs/errors.md'));
  expect(throwsIn(productFiles()).length).toBeGreaterThan(50);
  expect(told(otherClasses(productFiles(), page))).toEqual([]);
  const exported = door as unknown as Readonly<Record<string, unknown>>;
  for (const className of new Set([...page.values()].flat())) {
    const found = exported[className];
    expect(typeof found === 'function' && found.prototype instanceof StoreError, className).toBe(
      true,
    );
  }
});

test('planted codes that are unlisted, or of another class, are told', () => {
  const planted = new SourceFile(
    'src/x.ts',
    [
      "throw new IoError('IO_NOTHING', 'text');",
      "// 'IO_IN_A_COMMENT'",
      "throw new StateError(isOpen ? 'LOG_CLOSED' : 'IO_CLOSED', 'text, with IO_LOCKED');",
      'throw new IoError(code, `text`);',
    ].join('\n'),
  );
  expect(unlisted([planted]).map(({ what }) => what)).toEqual(['IO_NOTHING is in no table']);
  expect(throwsIn([planted]).map(({ code, className }) => [code, className])).toEqual([
    ['IO_NOTHING', 'IoError'],
    ['LOG_CLOSED', 'StateError'],
    ['IO_CLOSED', 'StateError'],
  ]);
  const page = classesOnPage('| `LOG_CLOSED` | `IoError` | x |\n| `IO_CLOSED` | – | x |');
  expect(otherClasses([planted], page)).toHaveLength(2);
});
