/**
 * Files that an input names: paths and patterns to a list, by Hadoop's rules.
 *
 * Names that begin with `_` or `.` are left out. A directory stands for the files in it; a
 * directory within it is an error unless the input is recursive. Patterns know `*`, `?`, `[abc]`,
 * `{a,b}` and `**` for any number of directories. A path that is not there and a pattern that fits
 * nothing are told together.
 *
 * Upstream: apache/hadoop: mapreduce/lib/input/FileInputFormat.java, fs/GlobPattern.java
 * (Apache-2.0); rules kept, code our own. `**` is not upstream's.
 */
import {
  baseName,
  InvalidArgumentError,
  joinPath,
  NotFoundError,
  type FileSystem,
} from '../../../native-free-io/index.ts';

export interface InputFile {
  readonly path: string;
  readonly size: number;
}

export async function listInput(
  fs: FileSystem,
  paths: readonly string[],
  recursive: boolean,
): Promise<InputFile[]> {
  const files: InputFile[] = [];
  const missing: string[] = [];
  for (const path of paths) {
    const matches = isPattern(path) ? await matchesOf(fs, path) : [path];
    const before = files.length;
    let isThere = matches.length > 0;
    for (const match of matches) {
      if (isHidden(match)) continue;
      const found = await filesAt(fs, match, recursive);
      if (found === undefined) isThere = false;
      else files.push(...found);
    }
    if (!isThere && files.length === before) missing.push(path);
  }
  if (missing.length > 0) {
    throw new NotFoundError('IO_NOT_FOUND', `input does not exist: ${missing.join(', ')}`, {
      context: { path: missing[0]! },
    });
  }
  return files;
}

function isHidden(path: string): boolean {
  return /^[_.](?!\.?$)/.test(baseName(path));
}

async function filesAt(
  fs: FileSystem,
  path: string,
  recursive: boolean,
): Promise<InputFile[] | undefined> {
  const stat = await fs.stat(path);
  if (stat === undefined) return undefined;
  if (stat.kind !== 'directory') return [{ path, size: stat.size }];
  const files: InputFile[] = [];
  for (const { name, kind } of await fs.list(path)) {
    if (isHidden(name)) continue;
    const inside = joinPath(path, name);
    if (kind === 'directory' && !recursive) {
      throw new InvalidArgumentError('OPTION_INVALID', 'a directory within an input directory', {
        context: { path: inside },
      });
    }
    files.push(...((await filesAt(fs, inside, recursive)) ?? []));
  }
  return files;
}

function isPattern(path: string): boolean {
  return /[*?[{]/.test(path);
}

async function matchesOf(fs: FileSystem, pattern: string): Promise<string[]> {
  const found = new Set<string>();
  for (const one of alternatives(pattern)) {
    const root = one.startsWith('/') ? '/' : '';
    const parts = one.split('/').filter((part) => part !== '');
    for (const path of await walk(fs, root, parts)) found.add(path);
  }
  return [...found].sort();
}

/** `a{b,c}` is `ab` and `ac`; a comma inside braces is no separator of paths. */
function alternatives(pattern: string): string[] {
  const match = /\{([^{}]*)\}/.exec(pattern);
  if (match === null) return [pattern];
  const before = pattern.slice(0, match.index);
  const after = pattern.slice(match.index + match[0].length);
  return match[1]!.split(',').flatMap((part) => alternatives(before + part + after));
}

async function walk(fs: FileSystem, at: string, parts: readonly string[]): Promise<string[]> {
  const [part, ...rest] = parts;
  if (part === undefined) return [at];
  const here = at === '' ? '.' : at;
  if (!isPattern(part)) {
    const next = joinPath(at, part);
    return (await fs.stat(next)) === undefined ? [] : walk(fs, next, rest);
  }
  if ((await fs.stat(here))?.kind !== 'directory') return [];
  const found: string[] = part === '**' ? await walk(fs, at, rest) : [];
  const expression = part === '**' ? undefined : expressionOf(part);
  for (const { name, kind } of await fs.list(here)) {
    if (isHidden(name)) continue;
    const next = joinPath(at, name);
    if (expression === undefined) {
      if (kind === 'directory') found.push(...(await walk(fs, next, parts)));
    } else if (expression.test(name)) found.push(...(await walk(fs, next, rest)));
  }
  return found;
}

function expressionOf(part: string): RegExp {
  const source = part.replaceAll(/\[[^\]]*\]|[*?]|[\\^$.|+()[\]{}]/g, (found) => {
    if (found === '*') return '.*';
    if (found === '?') return '.';
    return found.length > 1 ? found.replace(/^\[!/, '[^') : `\\${found}`;
  });
  return new RegExp(`^${source}$`, 'u');
}
