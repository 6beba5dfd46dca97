/**
 * The sources as the house rules see them: every file of code with its text, its code without
 * comments and strings, and its imports; and every page of documentation.
 *
 * Paths are relative to the root of the repository, with forward slashes. Files are read once per
 * test file. A planted file has a path and a text but does not exist: each rule shows with one that
 * it can fail.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importsOf, type Import } from './imports.ts';
import { blankText } from './scan-text.ts';

export const repositoryRoot: string = fileURLToPath(new URL('../../', import.meta.url));

export class SourceFile {
  readonly path: string;
  readonly text: string;
  #code: string | undefined;
  #imports: readonly Import[] | undefined;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
  }

  /** The text with blanks for comments and for what stands in quotes. */
  get code(): string {
    return (this.#code ??= blankText(this.text));
  }

  get imports(): readonly Import[] {
    return (this.#imports ??= importsOf(this));
  }

  /** The comment at the top, without its signs; empty when the file begins with anything else. */
  get header(): string {
    const found = /^(?:#!.*\n)?\s*(?:\/\*\*?([\s\S]*?)\*\/|((?:\/\/.*\n)+))/.exec(this.text);
    return (found?.[1] ?? found?.[2] ?? '').replaceAll(/^\s*(?:\*|\/\/) ?/gm, '').trim();
  }

  get lines(): string[] {
    return this.text.replace(/\n$/, '').split('\n');
  }

  isUnder(...folders: string[]): boolean {
    return folders.some((folder) => this.path === folder || this.path.startsWith(`${folder}/`));
  }
}

/** What is shipped. */
export const productFolders = ['native-free-io', 'src'];

const codeFolders = [...productFolders, 'bench', 'test', 'scripts'];
/** Dependencies, build output, and bytes of other systems. */
const unread = new Set(['node_modules', 'target', '3.9.1', '4.3.1', 'maven', 'reference']);

let sources: readonly SourceFile[] | undefined;

/** Every file of code: product, benchmarks, tests, scripts, settings of tools. */
export function sourceFiles(): readonly SourceFile[] {
  sources ??= [
    ...codeFolders.flatMap((folder) => filesBelow(folder)),
    ...readdirSync(repositoryRoot),
  ]
    .filter((path) => /\.(?:ts|mts|mjs|js)$/.test(path))
    .map((path) => new SourceFile(path, readText(path)));
  return sources;
}

/** The files that are shipped. */
export function productFiles(): readonly SourceFile[] {
  return sourceFiles().filter((file) => file.isUnder(...productFolders));
}

/** Paths of the documentation: the pages of the root, of `docs`, and those beside tests. */
export function pagePaths(): string[] {
  return [...readdirSync(repositoryRoot), ...filesBelow('docs'), ...filesBelow('test')].filter(
    (path) => path.endsWith('.md'),
  );
}

export function readText(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8');
}

export interface PackageJson {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

export function packageJson(): PackageJson {
  return JSON.parse(readText('package.json')) as PackageJson;
}

/** The sources of what package.json names: doors by subpath, and the command. */
export function packageEntries(): { readonly doors: string[]; readonly commands: string[] } {
  const { bin, exports } = packageJson();
  const source = (built: string): string =>
    built.replace(/^\.\/dist\//, '').replace(/\.js$/, '.ts');
  return {
    doors: Object.values(exports).flatMap((entry) =>
      typeof entry === 'string' ? [] : [source(entry.default)],
    ),
    // The command is a bundle of this module and what it imports (scripts/build-cli.mjs).
    commands: Object.keys(bin).map(() => 'src/cli/main.ts'),
  };
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(repositoryRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (!entry.isDirectory()) return [path];
    return unread.has(entry.name) ? [] : filesBelow(path);
  });
}

/** A path below the root in the form used here. */
export function repositoryPath(absolute: string): string {
  return relative(repositoryRoot, absolute).split(sep).join('/');
}
