/**
 * What a source file names of other files: static and dynamic imports, re-exports, `require`, and
 * modules named by `new URL(…, import.meta.url)` (workers).
 *
 * A relative name is resolved to the source it stands for, also when it names the compiled twin
 * below `dist/`.
 */
import { posix } from 'node:path';
import { lineAt } from './scan-text.ts';

export interface Import {
  /** As written. */
  readonly specifier: string;
  /** Path of the source file for a relative name, else undefined. */
  readonly target: string | undefined;
  readonly line: number;
  readonly isTypeOnly: boolean;
  /** What stands between the keyword and `from`; empty for other forms. */
  readonly clause: string;
  readonly form: 'import' | 'export' | 'dynamic' | 'require' | 'url';
}

const forms: readonly (readonly [Import['form'] | 'side', RegExp])[] = [
  ['import', /\bimport\s+([^'"`;()]*?)\s*\bfrom\s*(?=['"])/g],
  ['export', /\bexport\s+((?:type\s+)?(?:\*|\{)[^'"`;()]*?)\s*\bfrom\s*(?=['"])/g],
  ['side', /^[ \t]*import\s*(?=['"])/gm],
  ['dynamic', /\bimport\s*\(\s*(?=['"])/g],
  ['require', /\brequire\s*\(\s*(?=['"])/g],
  ['url', /\bnew URL\(\s*(?=['"][^'"]*['"],\s*import\.meta\.url)/g],
];

/** A file as far as its imports go; `code` is `text` without comments and strings. */
interface Importing {
  readonly path: string;
  readonly text: string;
  readonly code: string;
}

export function importsOf(file: Importing): Import[] {
  const found: Import[] = [];
  for (const [form, pattern] of [...forms, ...ownRequires(file.code)]) {
    for (const match of file.code.matchAll(pattern)) {
      const quote = match.index + match[0].length;
      const specifier = file.text.slice(quote + 1, file.text.indexOf(file.text[quote]!, quote + 1));
      const clause = match[1] ?? '';
      found.push({
        specifier,
        target: resolve(file.path, specifier),
        line: lineAt(file.text, match.index),
        isTypeOnly: clause.startsWith('type ') || isAllTypes(clause),
        clause,
        form: form === 'side' ? 'import' : form,
      });
    }
  }
  return found.filter(({ form, specifier }) => form !== 'url' || /\.[a-z]+$/.test(specifier));
}

/** `const load = createRequire(…)`: calls of `load` are imports. */
function ownRequires(code: string): [Import['form'], RegExp][] {
  return [...code.matchAll(/\bconst (\w+) = createRequire\(/g)]
    .filter(([, name]) => name !== 'require')
    .map(([, name]) => ['require', new RegExp(`\\b${name}\\s*\\(\\s*(?=['"])`, 'g')]);
}

/** `{ type A, type B }`: nothing of it is left at run time. */
function isAllTypes(clause: string): boolean {
  const names = /^\{([\s\S]*)\}$/.exec(clause)?.[1];
  if (names === undefined) return false;
  return names.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type '));
}

function resolve(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const path = posix.join(posix.dirname(from), specifier);
  const source = path.replace(/^dist(?:-bench)?\//, '');
  if (source !== path || specifier.endsWith('.js')) return source.replace(/\.js$/, '.ts');
  return source;
}
